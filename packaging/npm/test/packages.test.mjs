// What npm makes of the packages, with a program that only says what it was called with.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { packageName, targets } from "../targets.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const own = targets.filter(({ os, cpu }) => os === process.platform && cpu === process.arch);
const work = mkdtempSync(join(tmpdir(), "gatelint-npm-"));

const run = (command, args, cwd, env = {}) =>
  spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, ...env } });
const must = (...call) => {
  const done = run(...call);
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
};

before(() => {
  const program = join(work, "program");
  writeFileSync(program, '#!/bin/sh\necho "$0" "$@"\n[ "$1" != wait ] || { ulimit -c 0; echo $$; exec sleep 60; }\nexit 3\n');
  chmodSync(program, 0o755);
  const given = targets.map(({ target }) => `${target}=${program}`);
  must("node", [join(here, "../build.mjs"), join(work, "out"), ...given], work);
  const packages = ["gatelint", ...own.map(packageName)].map((name) => join(work, "out", name));
  must("npm", ["pack", "--silent", "--pack-destination", work, ...packages], work);
});

after(() => rmSync(work, { recursive: true, force: true }));

/** A folder in which the package is installed from its archive, with these packages beside it. */
const install = (beside) => {
  const folder = mkdtempSync(join(work, "user-"));
  writeFileSync(join(folder, "package.json"), '{"private": true}');
  const archives = ["gatelint-[0-9]", ...beside.map((name) => name.slice(1).replace("/", "-") + "-[0-9]")].map((start) =>
    join(work, readdirSync(work).find((file) => new RegExp(`^${start}.*\\.tgz$`).test(file))),
  );
  // Nothing is asked of a registry: what is not there stays away.
  must("npm", ["install", "--offline", "--silent", ...(beside.length ? [] : ["--omit=optional"]), ...archives], folder);
  return folder;
};
const folders = new Map();
const installed = (...beside) => {
  const key = beside.join();
  if (!folders.has(key)) folders.set(key, install(beside));
  return folders.get(key);
};
const fitting = own.filter(({ libc }) => libc !== "musl").map(packageName);

test("the packages have the version of Cargo.toml, and all builds", () => {
  const version = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^version = "(.*)"$/m)[1];
  const main = JSON.parse(readFileSync(join(work, "out/gatelint/package.json")));
  assert.equal(main.version, version);
  assert.deepEqual(Object.values(main.optionalDependencies), targets.map(() => version));
  for (const target of targets) {
    const one = JSON.parse(readFileSync(join(work, "out", packageName(target), "package.json")));
    assert.equal(one.version, version);
    assert.deepEqual([one.os, one.cpu, one.libc], [[target.os], [target.cpu], target.libc && [target.libc]]);
  }
});

test("the package depends on nothing but the builds that it is made with", () => {
  const program = join(work, "program");
  must("node", [join(here, "../build.mjs"), join(work, "one"), `${own[0].target}=${program}`], work);
  const main = JSON.parse(readFileSync(join(work, "one/gatelint/package.json")));
  assert.deepEqual(Object.keys(main.optionalDependencies), [packageName(own[0])]);
});

test("a release builds what the packages and the installer know", () => {
  const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
  const built = [...workflow.matchAll(/^ +- \{ target: (\S+),/gm)].map((found) => found[1]);
  assert.deepEqual(built.sort(), targets.map(({ target }) => target).sort());
});

test("the launcher hands on arguments and the exit status", () => {
  const folder = installed(...fitting);
  const done = run(join(folder, "node_modules/.bin/gatelint"), ["lint", "a b", "$(touch hole)"], folder);
  assert.equal(done.status, 3);
  assert.match(done.stdout, /gatelint lint a b \$\(touch hole\)\n$/);
});

test("what ends the launcher ends the program, and both in the same way", async () => {
  const folder = installed(...fitting);
  const ends = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGXCPU", "SIGPIPE"];
  for (const signal of ends) {
    const launcher = spawn(join(folder, "node_modules/.bin/gatelint"), ["wait"], { stdio: ["ignore", "pipe", "inherit"] });
    const end = once(launcher, "exit");
    let said = "";
    for await (const part of launcher.stdout) {
      said += part;
      if (/\n\d+\n$/.test(said)) break;
    }
    launcher.kill(signal);
    assert.deepEqual(await end, [null, signal]);
    assert.throws(() => process.kill(Number(said.trim().split("\n").at(-1)), 0), { code: "ESRCH" }, signal);
  }
});

test("without the package of this system it says which one is missing, and what it says gets it", () => {
  const folder = install([]);
  const launcher = join(folder, "node_modules/.bin/gatelint");
  const done = run(launcher, ["lint"], folder);
  assert.equal(done.status, 2);
  assert.match(done.stderr, new RegExp(`is not installed. It is in the package\n +${packageName(own[0])} .*, version \\d`));
  assert.ok(done.stderr.split("\n").every((line) => line.length <= 80), done.stderr);
  assert.doesNotMatch(done.stderr, /another machine|npm install gatelint/);
  const advice = done.stderr.match(/^ +(npm install \.\/.*)$/m)[1].split(" ");
  for (const archive of advice.slice(2)) copyFileSync(join(work, archive), join(folder, archive));
  must(advice[0], [...advice.slice(1), "--offline", "--omit=optional"], folder);
  assert.equal(run(launcher, ["lint"], folder).status, 3);
});

test("a node_modules of another machine is told", () => {
  const folder = install([]);
  const other = packageName(targets.find(({ os }) => os !== process.platform));
  const installed = join(folder, "node_modules", other);
  cpSync(join(work, "out", other), installed, { recursive: true });
  const done = run(join(folder, "node_modules/.bin/gatelint"), ["lint"], folder);
  assert.equal(done.status, 2);
  assert.match(done.stderr, new RegExp(`^${other} is installed, which is for another machine.$`, "m"));
});

test("a package that was made without a build for this system says so", () => {
  const other = targets.find(({ os }) => os !== process.platform);
  const out = join(work, "without");
  must("node", [join(here, "../build.mjs"), out, `${other.target}=${join(work, "program")}`], work);
  const done = run("node", [join(out, "gatelint/bin/gatelint.js"), "lint"], work);
  assert.equal(done.status, 2);
  assert.match(done.stderr, new RegExp(`no build for .* among those of this package:\n +${packageName(other)}\n`));
});

test("what is wrong with a call of the build is told in a line, and nothing is written", () => {
  const program = join(work, "program");
  const target = own[0].target;
  mkdirSync(join(work, "clone/gatelint"), { recursive: true });
  writeFileSync(join(work, "clone/gatelint/mine"), "");
  for (const [args, said] of [
    [[], /OUT TARGET=PROGRAM\.\.\. is missing/],
    [["mistake"], /OUT TARGET=PROGRAM\.\.\. is missing/],
    [["--out", `${target}=${program}`], /is missing/],
    [["mistake", "x86_65=program"], /there is no target x86_65; there are .*aarch64/],
    [["mistake", target], /has no program/],
    [["mistake", `${target}=nothing`], /nothing is no file/],
    [["mistake", `${target}=.`], /is no file/],
    [["mistake", `${target}=clone/gatelint/mine`], /mine is empty/],
    [["mistake", `${target}=${program}`, `${target}=${program}`], /two programs for/],
    [["clone", `${target}=${program}`], /clone\/gatelint is there and is no package/],
    [["program", `${target}=${program}`], /not a directory/],
  ]) {
    const done = run("node", [join(here, "../build.mjs"), ...args], work);
    assert.equal(done.status, 2, done.stderr);
    assert.match(done.stderr, new RegExp(`^build.mjs: .*${said.source}.*\n$`));
    assert.ok(!existsSync(join(work, "mistake")));
  }
  assert.ok(existsSync(join(work, "clone/gatelint/mine")));
  const usage = must("node", [join(here, "../build.mjs"), "--help"], work);
  assert.ok(targets.every((one) => usage.includes(one.target)) && usage.split("\n").every((line) => line.length <= 80));
});

test("on another system it says that there is no build", () => {
  const folder = installed();
  const other = join(folder, "other.cjs");
  writeFileSync(other, 'Object.defineProperty(process, "platform", { value: "sunos" });');
  const done = run(join(folder, "node_modules/.bin/gatelint"), ["lint"], folder, { NODE_OPTIONS: `--require=${other}` });
  assert.equal(done.status, 2);
  assert.match(done.stderr, /no build for sunos/);
});
