#!/usr/bin/env node
// Runs the program of the package for this machine, which npm installed as an optional dependency.
"use strict";

const { spawn } = require("node:child_process");
const os = require("node:os");

/**
 * All that end who does not listen. Those of faults and of a stop by the terminal are left out: no listener can answer
 * the former, and the latter meet the program by themselves.
 */
const SIGNALS = [
  ...["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF"],
  ...["SIGTRAP", "SIGXCPU", "SIGXFSZ", "SIGSYS", "SIGSTKFLT", "SIGPOLL", "SIGPWR", "SIGPIPE", "SIGBREAK"],
];

/** The program, and the names of the packages that it was looked for in. */
async function find() {
  const { packageName, programFile, targets } = await import("../targets.mjs");
  const fitting = targets.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
  // Where npm takes no notice of the C library both are installed. The one for musl needs none, and so runs in any case.
  const isGlibc = process.platform === "linux" && "glibcVersionRuntime" in process.report.getReport().header;
  const usable = fitting.filter(({ libc }) => libc !== "glibc" || isGlibc);
  for (const target of usable) {
    try {
      return { program: require.resolve(`${packageName(target)}/${programFile(target)}`) };
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return { wanted: usable.map(packageName) };
}

function explain(wanted) {
  const machine = `${process.platform} ${process.arch}`;
  if (wanted.length === 0) {
    return `gatelint: there is no build for ${machine}. Build it with Rust: cargo install --path . in a clone.`;
  }
  return [
    `gatelint: ${wanted.join(" or ")} is not installed, which has the program for ${machine}.`,
    "It is an optional dependency: install without --omit=optional (--no-optional), and on this machine, not by a",
    "node_modules or a lock file that was made on another one: rm -rf node_modules package-lock.json && npm install",
  ].join("\n");
}

async function main() {
  const { program, wanted } = await find();
  if (!program) {
    console.error(explain(wanted));
    process.exit(2);
  }
  let child;
  // What is meant for the program goes to it, which then ends in its own way. Not each can be listened to everywhere.
  const forwarded = SIGNALS.filter((signal) => {
    try {
      return process.on(signal, () => child.kill(signal));
    } catch {
      return false;
    }
  });
  child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  child.on("error", (error) => {
    console.error(`gatelint: ${program} cannot be run: ${error.message}`);
    process.exit(2);
  });
  child.on("exit", (status, signal) => {
    if (signal === null) process.exit(status);
    // Whoever waits is to see the same end.
    forwarded.forEach((name) => process.removeAllListeners(name));
    process.kill(process.pid, signal);
    setTimeout(() => process.exit(128 + os.constants.signals[signal]), 100);
  });
}

main();
