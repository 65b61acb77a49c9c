"""Reports without an error: it loads, and predicts, trains or evaluates otherwise. They are told by what they "
"speak of."""

from __future__ import annotations

import re

from keras_doctor.symptoms.silences import (
    BATCH,
    DEFAULTS,
    FORMAT,
    GLOBALS,
    METRIC,
    NOISE,
    NOT_LOADED,
    ORDER,
    OUTSIDE,
    QUANTIZED,
    RANDOM,
    SEMANTICS,
    STATE,
    STATEFUL,
    VOCABULARY,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_QUESTION = (
    "Is the prediction for one fixed array the same before saving and after loading? Are the weights? And the loss?"
)
_MOST = 6000  # characters of a report, from its beginning
# What is complained of, of what, and on which occasion: a report of this kind has all three.
_COMPLAINT = (
    r"different|differ(?:s|ed|ence)?\b|wrong|incorrect|\bbad\b|poor|random|garbage|inconsisten|mismatch|drop|decreas"
    r"|lower|worse"
    r"|higher|jump|explod|increas|\b0(?:\.0+)?%|\bzero\b|constant|always|same (?:class|prediction|output|value|result)"
    r"|not (?:the )?same|not (?:match|correspond|work)|n't (?:match|correspond|work|remember)|not remember|shuffl"
    r"|swap|empty"
    r"|\blost\b|forget|not (?:be )?(?:saved|loaded|restored|tracked|stored)|n't (?:saved|loaded|restored|tracked)"
    r"|loads nothing"
    r"|not able to load|cannot load the state|from scratch|\breset|strange|only store|prediction for"
    r"|\d\s?%|(?:about|around|>|~|of) ?-?\d|argmax|no (?:value)?error|impossible|does not include|issue|problem"
    r"|remember"
    r"|(?:not|n't)[^\n]{0,25}(?:load|sav(?:e|ing)|restor|stor(?:e|ing))|not \w+ the same|incompatib|failed to load"
    r"|incorrectly|overwrit|vanish"
    r"|re-?initiali|\bnan\b|less accurate|very low|inaccura|breaking|slight|0\.\d+ instead|depend|varied|still not"
    r" possible|not"
    r" properly"
    r"|不准|不同|不一致|错误|很低|下降|不对|一样|一致"
)
_SUBJECT = (
    r"predict|accura|\bacc\b|\bloss|output|result|inference|evaluat|weight|perform|class(?:es|ification)|vocabular"
    r"|param|\bauc\b"
    r"|units|reward|pixel|\bmodel\b|score|variance|optimizer|best model|train|layer|probabilit|diff:"
    r"|预测|结果|准确|损失|权重"
)
_OCCASION = (
    r"load|restor|sav(?:e|ed|ing)|convert|deploy|export|session|restart|resum|continu|retrain|re-train|server"
    r"|android|\bios\b"
    r"|browser|\bweb\b|machine|laptop|version|backend|tflite|onnx|tfjs|tensorflow\.?js|core ?ml|pre-?trained"
    r"|imagenet|keras ?[23]"
    r"|(?:tensorflow|keras|tf) ?v?\d|number of|tf-?keras|keras and|chang|track|rescal|\.predict|again|new python"
    r"|random(?:ness)?|every time|each time"
    r"|checkpoint|stand-alone|serving|armnn|quanti|serializ|migrat|by_name|ordering|well trained"
    r"|转换|加载|保存|部署|重新"
)
# What a report speaks of → how it is told. The first ones say more than the later ones.
_TOPICS: tuple[tuple[str, tuple[Reading, ...]], ...] = (
    (
        (
            r"(?:resum|continu|restart|re-?train|initial_epoch|training (?:the model )?again|fit"
            r" again)[^\n]{0,400}(?:loss|accura|optimi"
            r"|scratch|worse|epoch)|optimi[sz]er[^\n]{0,80}(?:state|reset|weight|w[ei]+g[ht]+s|not (?:saved|restored"
            r"|loaded)|empty)"
            r"|(?:state|weights) of (?:the )?optimi[sz]er|(?:not|n't) (?:load|restore|save)\w* (?:the )?optimi[sz]er"
            r"|save_best_only"
            r"|(?:best (?:model|value)|previous)[^\n]{0,80}(?:loss|forget|remember|overwrit)|loss(?:es)? (?:jump"
            r"|increase|rise|go up)"
            r"|load_model[^\n]{0,80}training[^\n]{0,80}(?:higher|worse|scratch)"
        ),
        (STATE, OUTSIDE),
    ),
    (
        (
            r"(?:same|equal|identical|correct|right)[^\n.]{0,30}\bloss|\bloss[^\n.]{0,40}(?:is|are|stays"
            r"|remains)?[^\n.]{0,10}(?:the same"
            r"|identical|unchanged|equal)[^\n]{0,60}accura|argmax[^\n]{0,400}0\.\d|0\.\d+[^\n]{0,400}argmax"
        ),
        (METRIC, OUTSIDE),
    ),
    (
        (
            r"(?:StringLookup|IntegerLookup|TextVectorization|vocabular\w+)[^\n]{0,160}(?:empty|not (?:saved|loaded)"
            r"|lost)"
            r"|(?:empty|not (?:saved|loaded)|lost)[^\n]{0,160}(?:StringLookup|IntegerLookup|TextVectorization"
            r"|vocabular)"
        ),
        (VOCABULARY, OUTSIDE),
    ),
    (
        (
            r"loaded incorrectly|re-?initiali[sz]|by_name|skip_mismatch|(?:not|n't|nothing"
            r"|never)[^\n]{0,30}(?:loaded|tracked|saved)"
            r"|loads nothing"
            r"|random(?:ly)? (?:init|weight)"
            r"|weights are (?:random|different|lost|empty|not)|reloaded weights|_layers|sub-?layers?|add_weight"
            r"|not able to load all|multi[- _]?gpu|binner|no (?:value)?error is (?:prompted|raised|thrown)"
        ),
        (NOT_LOADED, OUTSIDE),
    ),
    (r"random (?:predict|result|output|value|classif|accura)|like random", (OUTSIDE, NOT_LOADED)),
    (r"\blambda\b[^\n]{0,200}(?:global|closure|loop|variable|outside)", (GLOBALS, NOT_LOADED)),
    (
        (
            r"dim[_ ]?ordering|image_data_format|channels_(?:first|last)|['\"]th['\"]|theano[^\n]{0,200}tensorflow"
            r"|tensorflow[^\n]{0,200}"
            r"theano|flip(?:s|ped|ping)?\b"
        ),
        (FORMAT, SEMANTICS),
    ),
    (
        r"stateful|(?:first|1st) (?:prediction|step|output)[^\n]{0,80}later|diff: [\d.e-]+\s+diff:",
        (STATEFUL, SEMANTICS),
    ),
    (
        (
            r"(?:output|input)s?[^\n]{0,80}(?:order(?!ing of the channels)|shuffl|swap|permut|exchanged)|(?:order"
            r"|shuffl"
            r"|swap)[^\n]{0,60}"
            r"(?:outputs?|inputs?)\b|multiple (?:inputs|outputs)"
        ),
        (ORDER, OUTSIDE),
    ),
    (r"number of the test data|different batch|batch size|in another batch|depends on the batch", (BATCH, SEMANTICS)),
    (
        r"batchnorm[^\n]{0,200}epsilon|epsilon[^\n]{0,200}batchnorm|difference between[^\n]{0,40}batchnorm|tf-keras",
        (DEFAULTS, SEMANTICS),
    ),
    (
        (
            r"batchnorm\w*[^\n]{0,200}(?:migrat|keras ?3|version|different output)|suddenly produce|(?:keras|tensorflow"
            r"|tf)[- ]?v?"
            r"\d+(?:\.\d+)+[^\n]{0,80}(?:keras|tensorflow|tf|and|to|vs)[- ]?v?\d+(?:\.\d+)*|(?:version|releas)\w*"
            r"|upgrad"
            r"|downgrad"
            r"|between keras|transitioning|migrat"
        ),
        (SEMANTICS, DEFAULTS, OUTSIDE),
    ),
    (r"quanti[sz]|\bint8\b|uint8|float16|fp16|mixed.precision", (QUANTIZED, OUTSIDE)),
    (r"restart|new (?:python )?session|new python|another session|clos(?:e|ing) the session", (OUTSIDE, NOT_LOADED)),
    (
        (
            r"each time|every time|non-?determin|training ?= ?(?:True|False)|dropout|moving (?:mean|average|variance"
            r"|stat)|BN in keras"
            r"|learning_phase"
        ),
        (RANDOM, NOT_LOADED),
    ),
    (r"slight|1e-0?\d|e-0?[5-9]\b|last digits|tiny|small difference", (NOISE, SEMANTICS, OUTSIDE)),
)


def _told(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...] | None:
    text = scene.utterances[-1].text[:_MOST]
    if scene.parsed.errors or scene.parsed.frames:
        return None
    if not all(re.search(shape, text, re.IGNORECASE) for shape in (_COMPLAINT, _SUBJECT, _OCCASION)):
        return None
    told = [readings for shape, readings in _TOPICS if re.search(shape, text, re.IGNORECASE)]
    readings = [reading for some in told[:2] for reading in some] or [OUTSIDE, NOT_LOADED, METRIC]
    return tuple(dict.fromkeys(readings))


def _same_loss(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...] | None:
    """Tell of two evaluations that have one loss and two accuracies."""
    from itertools import pairwise

    pairs = re.findall(
        r"loss: ([\d.]+) - (?:acc|accuracy|categorical_accuracy|binary_accuracy): ([\d.]+)", scene.utterances[-1].text
    )
    if len(pairs) >= 2 and any(a[0] == b[0] and a[1] != b[1] for a, b in pairwise(pairs)):
        return (METRIC,)
    return None


SYMPTOMS = (
    Symptom(("accuracy:", "acc:"), _same_loss, pattern=r"loss: [\d.]+", strength=3),
    Symptom(
        (
            "predict",
            "accura",
            "loss",
            "output",
            "result",
            "inference",
            "evaluat",
            "weight",
            "perform",
            "class",
            "vocabular",
            "units",
            "reward",
            "pixel",
            "batchnorm",
            "best value",
            "keras model",
            "param",
            "auc",
            "score",
            "optimizer",
            "train",
            "diff:",
            "预测",
            "结果",
            "准确",
            "权重",
        ),
        _told,
        pattern=_SUBJECT,
        strength=2,
        question=_QUESTION,
    ),
)
