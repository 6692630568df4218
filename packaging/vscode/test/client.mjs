// Starts the bundled extension in a stand-in for VS Code with the program `gatelint` (or the one that `GATELINT` names):
// a policy is opened, its findings come, and the line above it runs its tests in the terminal.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const program = process.env.GATELINT ?? "gatelint";
const folder = mkdtempSync(join(tmpdir(), "gatelint-"));
const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return uri(pathToFileURL(join(folder, name)).href);
};
const uri = (text) => ({ scheme: "file", fsPath: decodeURIComponent(new URL(text).pathname), toString: () => text });

/** Something that can be called, made anew and asked for anything, and does nothing. */
function idle(known = {}) {
    return new Proxy(function () {}, {
        get: (target, name) => (name in known ? known[name] : name === "then" ? undefined : (known[name] = name === "prototype" ? target.prototype : idle())),
        set: (_, name, value) => ((known[name] = value), true),
        apply: () => idle(),
        construct: () => ({}),
    });
}

const shown = new Map();
const registered = new Map();
const ran = [];
const wait = async (what, ready) => {
    for (let tries = 0; !ready(); tries += 1) {
        assert(tries < 200, `${what} does not come`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
};

const policy = file(
    "p.json",
    '{"version": "1", "default": "allow", "tools": {"pay": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 5}]}]}}}\n',
);
const test = file("p.test.yaml", "cases:\n  - {name: much, call: {tool: pay, args: {n: 6}}, expect: deny}\n");
const documents = [policy, file("package.json", '{"name": "x", "tools": []}\n')].map((uri) => ({
    uri,
    languageId: "json",
    version: 1,
    isClosed: false,
    getText: () => readFileSync(uri.fsPath, "utf8"),
}));
const root = { uri: uri(pathToFileURL(folder).href), name: "folder", index: 0 };
class Emitter {
    event = () => ({ dispose() {} });
    fire() {}
    dispose() {}
}
class Disposable {
    constructor(dispose = () => {}) {
        this.dispose = dispose;
    }
    static from(...all) {
        return new Disposable(() => all.forEach((one) => one.dispose()));
    }
}
const settings = { path: program, arguments: [] };
const vscode = idle({
    version: "1.91.0",
    EventEmitter: Emitter,
    CancellationTokenSource: class {
        token = { isCancellationRequested: false, onCancellationRequested: () => new Disposable() };
        cancel() {}
        dispose() {}
    },
    Disposable,
    Uri: { parse: uri, file: (path) => uri(pathToFileURL(path).href) },
    ProcessExecution: class {
        constructor(...parts) {
            this.parts = parts;
        }
    },
    Task: class {
        constructor(...parts) {
            this.run = parts[4].parts;
        }
    },
    tasks: { executeTask: async (task) => ran.push(task.run) },
    commands: {
        registerCommand(name, run) {
            assert(!registered.has(name), `${name} is registered twice`);
            registered.set(name, run);
            return new Disposable(() => registered.delete(name));
        },
    },
    workspace: idle({
        textDocuments: documents,
        notebookDocuments: [],
        workspaceFolders: [root],
        getWorkspaceFolder: () => root,
        getConfiguration: () => ({ get: (name, otherwise) => settings[name] ?? otherwise }),
    }),
    languages: idle({
        match: () => 1,
        createDiagnosticCollection: () => ({
            set: (uri, found) => shown.set(uri.toString(), found),
            delete() {},
            clear() {},
            dispose() {},
        }),
    }),
    window: idle({
        createOutputChannel: () => idle(),
        showErrorMessage: (text) => assert.fail(text),
        tabGroups: idle({ all: [] }),
        visibleTextEditors: [],
    }),
});
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

const extension = createRequire(import.meta.url)("../out/extension.js");
await extension.activate({ subscriptions: [] });
await wait("what is said of the policy", () => shown.has(String(policy)));
await wait("what is said of the other file", () => shown.has(String(documents[1].uri)));
assert(shown.get(String(policy)).length > 0, "the policy has findings");
assert.equal(shown.get(String(documents[1].uri)).length, 0, "what is no policy has none");
await registered.get("gatelint.test")(String(policy), String(test));
assert.deepEqual(ran, [[program, ["test", test.fsPath], { cwd: folder }]]);
await registered.get("gatelint.restart")();
assert(registered.has("gatelint.test"), "the server is there again");
await extension.deactivate();
rmSync(folder, { recursive: true });
console.log("the extension shows findings, runs tests and starts anew");
