"""The part of the SARIF 2.1.0 schema that our logs use: each object with every property that the standard gives it."""

from __future__ import annotations

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}


def thing(required=(), **properties):
    """Return the schema of an object that has no other properties; what is not described may be anything."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**properties, "properties": {"$ref": "#/$defs/propertyBag"}},
        "additionalProperties": False,
    }


def of(name):
    return {"$ref": f"#/$defs/{name}"}


def many(name, **more):
    return {"type": "array", "items": of(name), **more}


def free(*names):
    return {name: {} for name in names}


LEVEL = {"enum": ["none", "note", "warning", "error"]}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {
        "propertyBag": {
            "type": "object",
            "properties": {"tags": {"type": "array", "items": TEXT, "uniqueItems": True}},
        },
        "multiformatMessageString": thing(["text"], text=TEXT, markdown=TEXT),
        "message": {
            **thing(text=TEXT, markdown=TEXT, id=TEXT, arguments={"type": "array", "items": TEXT}),
            "anyOf": [{"required": ["text"]}, {"required": ["id"]}],
        },
        "reportingConfiguration": thing(level=LEVEL, **free("enabled", "rank", "parameters")),
        "reportingDescriptor": thing(
            ["id"],
            id=TEXT,
            name=TEXT,
            shortDescription=of("multiformatMessageString"),
            fullDescription=of("multiformatMessageString"),
            help=of("multiformatMessageString"),
            helpUri={"type": "string", "pattern": "^[a-z]+:"},
            defaultConfiguration=of("reportingConfiguration"),
            **free("deprecatedIds", "guid", "deprecatedGuids", "deprecatedNames", "messageStrings", "relationships"),
        ),
        "reportingDescriptorReference": {
            **thing(id=TEXT, index=COUNT, **free("guid", "toolComponent")),
            "anyOf": [{"required": ["index"]}, {"required": ["guid"]}, {"required": ["id"]}],
        },
        "toolComponent": thing(
            ["name"],
            name=TEXT,
            version=TEXT,
            rules=many("reportingDescriptor", uniqueItems=True),
            notifications=many("reportingDescriptor", uniqueItems=True),
            **free(
                "guid", "organization", "product", "productSuite", "shortDescription", "fullDescription", "fullName"
            ),
            **free("semanticVersion", "dottedQuadFileVersion", "releaseDateUtc", "downloadUri", "informationUri"),
            **free("globalMessageStrings", "taxa", "locations", "language", "contents", "isComprehensive"),
            **free("localizedDataSemanticVersion", "minimumRequiredLocalizedDataSemanticVersion"),
            **free("associatedComponent", "translationMetadata", "supportedTaxonomies"),
        ),
        "tool": thing(["driver"], driver=of("toolComponent"), **free("extensions")),
        "artifactLocation": thing(
            uri={"type": "string", "pattern": r"^[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+$"},
            **free("uriBaseId", "index", "description"),
        ),
        "region": thing(
            startLine={"type": "integer", "minimum": 1},
            byteOffset=COUNT,
            byteLength=COUNT,
            **free("startColumn", "endLine", "endColumn", "charOffset", "charLength", "snippet", "message"),
            **free("sourceLanguage"),
        ),
        "physicalLocation": thing(
            artifactLocation=of("artifactLocation"), region=of("region"), **free("address", "contextRegion")
        ),
        "logicalLocation": thing(
            fullyQualifiedName=TEXT, kind=TEXT, **free("name", "index", "decoratedName", "parentIndex")
        ),
        "location": thing(
            physicalLocation=of("physicalLocation"),
            logicalLocations=many("logicalLocation", uniqueItems=True),
            **free("id", "message", "annotations", "relationships"),
        ),
        "suppression": thing(
            ["kind"],
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification=TEXT,
            **free("guid", "location"),
        ),
        "notification": thing(
            ["message"],
            message=of("message"),
            level=LEVEL,
            descriptor=of("reportingDescriptorReference"),
            locations=many("location", uniqueItems=True),
            **free("threadId", "timeUtc", "exception", "associatedRule"),
        ),
        "invocation": thing(
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=many("notification"),
            **free("commandLine", "arguments", "responseFiles", "startTimeUtc", "endTimeUtc", "exitCode"),
            **free("ruleConfigurationOverrides", "notificationConfigurationOverrides", "exitCodeDescription"),
            **free("exitSignalName", "exitSignalNumber", "processStartFailureMessage", "machine", "account"),
            **free("toolConfigurationNotifications", "processId", "executableLocation", "workingDirectory"),
            **free("environmentVariables", "stdin", "stdout", "stderr", "stdoutStderr"),
        ),
        "result": thing(
            ["message"],
            ruleId=TEXT,
            ruleIndex=COUNT,
            level=LEVEL,
            message=of("message"),
            locations=many("location"),
            partialFingerprints={"type": "object", "additionalProperties": TEXT},
            suppressions=many("suppression", uniqueItems=True),
            **free("rule", "kind", "analysisTarget", "guid", "correlationGuid", "occurrenceCount", "fingerprints"),
            **free("stacks", "codeFlows", "graphs", "graphTraversals", "relatedLocations", "baselineState", "rank"),
            **free("attachments", "hostedViewerUri", "workItemUris", "provenance", "fixes", "taxa", "webRequest"),
            **free("webResponse"),
        ),
        "run": thing(
            ["tool"],
            tool=of("tool"),
            invocations=many("invocation"),
            results=many("result"),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            **free("conversion", "language", "versionControlProvenance", "originalUriBaseIds", "artifacts"),
            **free("logicalLocations", "graphs", "automationDetails", "runAggregates", "baselineGuid"),
            **free("redactionTokens", "defaultEncoding", "defaultSourceLanguage", "newlineSequences"),
            **free("externalPropertyFileReferences", "threadFlowLocations", "taxonomies", "addresses"),
            **free("translations", "policies", "webRequests", "webResponses", "specialLocations"),
        ),
    },
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": TEXT,
        "version": {"const": "2.1.0"},
        "runs": many("run"),
        **free("inlineExternalProperties", "properties"),
    },
    "additionalProperties": False,
}
