/** Starts `gatelint lsp` and shows what it says; everything else is the server's. */

import { execFile } from "node:child_process";

import { commands, ProcessExecution, Task, TaskScope, tasks, Uri, window, workspace } from "vscode";
import type { ExtensionContext } from "vscode";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";

/** What runs the tests of a policy; the server offers it above policies that have some. */
const TEST = "gatelint.test";

/** Files that may be policies: the server is silent on the others. Not every language here is known to VS Code. */
const FILES = "**/*.{json,jsonc,yaml,yml,toml,rules}";

const CONFIGURATIONS = "**/{gatelint,.gatelint}.{yaml,yml}";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
    const watcher = workspace.createFileSystemWatcher(CONFIGURATIONS);
    // The server reads the configuration when it starts.
    context.subscriptions.push(
        watcher,
        watcher.onDidChange(restart),
        watcher.onDidCreate(restart),
        watcher.onDidDelete(restart),
        commands.registerCommand("gatelint.restart", restart),
        workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration("gatelint")) {
                void restart();
            }
        }),
    );
    await start();
}

export async function deactivate(): Promise<void> {
    await stop();
}

/** One after the other: a server that still starts cannot be stopped. */
let last: Promise<void> = Promise.resolve();

function restart(): Promise<void> {
    last = last.then(stop).then(start);
    return last;
}

async function stop(): Promise<void> {
    const stopped = client;
    client = undefined;
    await stopped?.dispose().catch(() => {});
}

async function start(): Promise<void> {
    const settings = workspace.getConfiguration("gatelint");
    const command = settings.get<string>("path", "gatelint");
    const args = ["lsp", "--stdio", ...settings.get<string[]>("arguments", [])];
    const options = { cwd: workspace.workspaceFolders?.[0]?.uri.fsPath };
    // What the client says where the program is missing is no help.
    const wrong = await problem(command, options);
    if (wrong) {
        void offerSettings(`gatelint: \`${command}\` cannot be started (${wrong.message}). Install it, or say where it is.`);
        return;
    }
    client = new LanguageClient(
        "gatelint",
        "gatelint",
        { command, args, options },
        {
            documentSelector: [{ scheme: "file", pattern: FILES }],
            middleware: { executeCommand: (name, given, next) => execute(command, name, given, next) },
            revealOutputChannelOn: RevealOutputChannelOn.Never,
        },
    );
    // The client itself says what goes wrong then.
    await client.start().catch(() => {});
}

function problem(command: string, options: { cwd?: string }): Promise<Error | null> {
    return new Promise((resolve) => execFile(command, ["--version"], options, resolve));
}

async function offerSettings(message: string): Promise<void> {
    if (await window.showErrorMessage(message, "Open Settings")) {
        await commands.executeCommand("workbench.action.openSettings", "gatelint.path");
    }
}

/** Runs tests in a terminal as well, where what they say can be read. */
async function execute(
    program: string,
    name: string,
    given: unknown[],
    next: (name: string, given: unknown[]) => unknown,
): Promise<unknown> {
    const result = await next(name, given);
    const [policy, ...files] = given.map((uri) => Uri.parse(String(uri)));
    if (name === TEST && policy && files.length > 0) {
        const folder = workspace.getWorkspaceFolder(policy);
        const paths = files.map((file) => file.fsPath);
        const run = new ProcessExecution(program, ["test", ...paths], folder && { cwd: folder.uri.fsPath });
        const task = new Task({ type: "process" }, folder ?? TaskScope.Workspace, "test", "gatelint", run);
        await tasks.executeTask(task);
    }
    return result;
}
