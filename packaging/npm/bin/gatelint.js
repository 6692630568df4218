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

/** The program, or what is known of why there is none. */
async function find() {
  const { packageName, programFile, targets } = await import("../targets.mjs");
  const fitting = targets.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
  // Where npm takes no notice of the C library both are installed. The one for musl needs none, and so runs in any case.
  const isGlibc = process.platform === "linux" && "glibcVersionRuntime" in process.report.getReport().header;
  const usable = fitting.filter(({ libc }) => libc !== "glibc" || isGlibc);
  const resolve = (target, file) => {
    try {
      return require.resolve(`${packageName(target)}/${file(target)}`);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  };
  for (const target of usable) {
    const program = resolve(target, programFile);
    if (program) return { program };
  }
  const { version, optionalDependencies = {} } = require("../package.json");
  const made = Object.keys(optionalDependencies);
  return {
    version,
    made,
    wanted: usable.map(packageName).filter((name) => made.includes(name)),
    others: targets.filter((target) => !usable.includes(target) && resolve(target, () => "package.json")).map(packageName),
  };
}

/** What is missing, and how it is had, by what there is. */
function explain({ version, made, wanted, others }) {
  const machine = `${process.platform} ${process.arch}`;
  if (wanted.length === 0) {
    return [
      `there is no build for ${machine} among those of this package:`,
      ...made.map((name) => `  ${name}`),
      "Build it with Rust, in a clone: cargo install --locked --path .",
    ];
  }
  const archive = (name) => `./${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
  return [
    `the program for ${machine} is not installed. It is in the package`,
    `  ${wanted.join(" or ")}, version ${version}.`,
    ...others.map((name) => `${name} is installed, which is for another machine.`),
    "From files, give npm both, which --omit=optional does not leave out:",
    `  npm install ${archive("gatelint")} ${archive(wanted[0])}`,
    "From a registry of yours that has both, without --omit=optional (--no-optional):",
    "  npm install --include=optional",
  ];
}

async function main() {
  const { program, ...missing } = await find();
  if (!program) {
    console.error(`gatelint: ${explain(missing).join("\n")}`);
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
