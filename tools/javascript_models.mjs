// Models made and saved by TensorFlow.js: node javascript_models.mjs PACKAGE OUT NAME...   (see record_javascript.py)
//
// Each goes into OUT/NAME as tfjs-node writes it: model.json, weights.bin; values.json has inputs and predictions.
import fs from 'node:fs';
import path from 'node:path';

const [from, out, ...names] = process.argv.slice(2);
console.warn = () => {};
const module = await import(from);
const tf = module.default?.layers ? module.default : module;
await tf.setBackend('cpu');
const L = tf.layers;

// The same numbers each time, between -1 and 1, or integers below `below`.
let state = 1;
function numbers(count, below) {
  return Array.from({length: count}, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    const value = state / 2147483648;
    return below ? Math.floor(value * below) : (value - 0.5) * 2;
  });
}

function stack(...layers) {
  const model = tf.sequential();
  layers.forEach(layer => model.add(layer));
  return model;
}

function graph(shape, apply) {
  const input = tf.input({shape});
  return tf.model({inputs: input, outputs: apply(input)});
}

function compiled(optimizer, loss) {
  const model = stack(L.dense({units: 3, inputShape: [4], activation: 'relu'}), L.dense({units: 2, activation: 'softmax'}));
  model.compile({optimizer, loss, metrics: ['accuracy']});
  return model;
}

function twice() {
  const [a, b] = [tf.input({shape: [4]}), tf.input({shape: [4]})];
  const dense = L.dense({units: 3, name: 'shared'});
  const inner = stack(L.dense({units: 3, inputShape: [3]}), L.batchNormalization({}));
  const [c, d] = [a, b].map(one => inner.apply(dense.apply(one)));
  return tf.model({inputs: [a, b], outputs: [L.concatenate().apply([c, d]), L.dot({axes: -1, normalize: true}).apply([c, d])]});
}

function nested() {
  const middle = tf.input({shape: [3]});
  const inner = tf.model({inputs: middle, outputs: L.dense({units: 5}).apply(middle), name: 'inner'});
  return graph([4], x => L.dense({units: 2}).apply(inner.apply(L.dense({units: 3}).apply(x))));
}

const functions = ['elu', 'hardSigmoid', 'relu6', 'selu', 'sigmoid', 'softplus', 'softsign', 'tanh', 'swish', 'mish', 'gelu', 'gelu_new'];
const gates = {kernelInitializer: 'glorotNormal'};
const channels = {inputShape: [3, 6, 6], dataFormat: 'channelsFirst'};

// Name → shape of the inputs without the batch, how the model is made, below what its inputs are integers.
const models = {
  dense: [[[4]], () => stack(L.dense({units: 3, inputShape: [4], activation: 'relu'}), L.dropout({rate: .2}), L.dense({units: 2, activation: 'softmax'}))],
  names: [[[4]], () => stack(L.dense({units: 3, inputShape: [4], name: 'a/b'}), L.dense({units: 2, name: 'a'}))],
  conv: [[[8, 8, 3]], () => stack(L.conv2d({filters: 4, kernelSize: 3, inputShape: [8, 8, 3], padding: 'same', strides: 2}), L.batchNormalization({scale: false}), L.maxPooling2d({poolSize: 2}), L.flatten(), L.dense({units: 2}))],
  conv1d: [[[9, 3]], () => stack(L.conv1d({filters: 4, kernelSize: 3, inputShape: [9, 3], padding: 'same', dilationRate: 2}), L.averagePooling1d({poolSize: 2}), L.layerNormalization({}))],
  separable: [[[8, 8, 3]], () => stack(L.separableConv2d({filters: 4, kernelSize: 3, inputShape: [8, 8, 3], depthMultiplier: 2}), L.depthwiseConv2d({kernelSize: 2, depthMultiplier: 2}), L.conv2dTranspose({filters: 2, kernelSize: 3, strides: 2, padding: 'same'}))],
  channels_first: [[[3, 6, 6]], () => stack(L.conv2d({filters: 2, kernelSize: 3, ...channels}), L.maxPooling2d({poolSize: 2, dataFormat: 'channelsFirst'}))],
  lstm: [[[5, 3]], () => stack(L.lstm({units: 4, inputShape: [5, 3], returnSequences: true, ...gates}), L.simpleRNN({units: 3}))],
  gru: [[[5, 3]], () => stack(L.gru({units: 4, inputShape: [5, 3], returnSequences: true}), L.gru({units: 3, goBackwards: true, recurrentActivation: 'sigmoid'}))],
  bidirectional: [[[5, 3]], () => stack(L.bidirectional({layer: L.lstm({units: 4, returnSequences: true}), mergeMode: 'concat', inputShape: [5, 3]}), L.bidirectional({layer: L.gru({units: 3}), mergeMode: 'sum'}))],
  embedding: [[[6]], () => stack(L.embedding({inputDim: 10, outputDim: 4, inputLength: 6, maskZero: true}), L.lstm({units: 3}), L.dense({units: 1, activation: 'sigmoid'})), 10],
  cell: [[[5, 3]], () => stack(L.rnn({cell: L.gruCell({units: 3}), returnSequences: true, inputShape: [5, 3]}))],
  cells: [[[5, 3]], () => stack(L.rnn({cell: [L.lstmCell({units: 4}), L.gruCell({units: 3})], inputShape: [5, 3]}))],
  convlstm: [[[3, 6, 6, 2]], () => stack(L.convLstm2d({filters: 2, kernelSize: 3, returnSequences: true, inputShape: [3, 6, 6, 2]}), L.timeDistributed({layer: L.flatten()}))],
  nested: [[[4]], nested],
  twice: [[[4], [4]], twice],
  activations: [[[4]], () => graph([4], x => functions.reduce((y, activation) => L.activation({activation}).apply(y), L.dense({units: 4}).apply(x)))],
  layers: [[[4]], () => graph([4], x => [L.leakyReLU({alpha: .2}), L.prelu({alphaInitializer: 'ones'}), L.elu({}), L.reLU({maxValue: 3}), L.softmax({})].reduce((y, layer) => layer.apply(y), L.dense({units: 6}).apply(x)))],
  upsampling: [[[4, 5, 2]], () => stack(L.upSampling2d({size: [2, 2], interpolation: 'bilinear', inputShape: [4, 5, 2]}), L.rescaling({scale: .5, offset: 1}))],
  adam: [[[4]], () => compiled(tf.train.adam(.01), 'categoricalCrossentropy')],
  momentum: [[[4]], () => compiled(tf.train.momentum(.01, .9, true), 'categoricalCrossentropy')],
  rmsprop: [[[4]], () => compiled(tf.train.rmsprop(.01, .8), 'categoricalCrossentropy')],
};

for (const name of names) {
  const [inner, make, below] = models[name];
  const model = make();
  model.setWeights(model.getWeights().map((weight, number) => {
    const positive = /variance/i.test(model.weights[number].originalName);
    return tf.tensor(numbers(weight.size).map(one => positive ? Math.abs(one) + .3 : one * .7), weight.shape);
  }));
  const shapes = inner.map(shape => [2, ...shape]);
  const inputs = shapes.map(shape => numbers(shape.reduce((a, b) => a * b), below));
  const given = inputs.map((values, number) => tf.tensor(values, shapes[number]));
  if (model.optimizer) await model.fit(given[0], tf.tensor([0, 1, 1, 0], [2, 2]), {epochs: 2, verbose: 0});
  const made = [model.predict(given.length > 1 ? given : given[0])].flat();
  let saved;
  const handler = {save: async artifacts => { saved = artifacts; return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}}; }};
  await model.save(handler, {includeOptimizer: Boolean(model.optimizer)});
  const {modelTopology, weightSpecs, weightData, ...rest} = saved;
  const folder = path.join(out, name);
  fs.mkdirSync(folder, {recursive: true});
  fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify({modelTopology, weightsManifest: [{paths: ['weights.bin'], weights: weightSpecs}], ...rest}));
  fs.writeFileSync(path.join(folder, 'weights.bin'), Buffer.from(weightData));
  const arrays = Object.fromEntries(inputs.map((values, number) => [`in${number}`, [shapes[number], values]]));
  made.forEach((one, number) => { arrays[`out${number}`] = [one.shape, Array.from(one.dataSync())]; });
  fs.writeFileSync(path.join(folder, 'values.json'), JSON.stringify(arrays));
}
