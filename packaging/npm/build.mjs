// Makes the npm packages: a folder for each of the targets in OUT, and OUT/gatelint, which has them as optional
// dependencies, and no others: nothing is asked of a registry that this does not make. The version is Cargo.toml's.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageName, programFile, targets } from "./targets.mjs";

const usage = `Makes npm packages of programs that were built.

  node packaging/npm/build.mjs OUT TARGET=PROGRAM...

OUT      the folder that is to hold gatelint and @gatelint/...
TARGET   what Rust calls it:
${targets.map(({ target }) => `           ${target}`).join("\n")}
PROGRAM  the program for it`;

const fail = (message) => {
  console.error(`build.mjs: ${message}`);
  process.exit(2);
};
// What the system refuses is told in a line too.
process.on("uncaughtException", (error) => fail(error.code && error.path ? error.message : error.stack));

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const manifest = readFileSync(join(root, "Cargo.toml"), "utf8").split(/^\[(?!package\])/m)[0];
const field = (name) => manifest.match(new RegExp(`^${name} = "(.*)"$`, "m"))?.[1] ?? fail(`Cargo.toml has no ${name}`);
const common = { version: field("version"), description: field("description"), license: field("license") };

const [out, ...given] = process.argv.slice(2);
if (["-h", "--help"].includes(out)) {
  console.log(usage);
  process.exit();
}
if (!out || out.startsWith("-") || given.length === 0) fail("OUT TARGET=PROGRAM... is missing; --help says more");

const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile();
const programs = given.map((one) => {
  const [name, path] = one.split(/=(.*)/s);
  const target = targets.find(({ target }) => target === name);
  if (!target) fail(`there is no target ${name}; there are ${targets.map(({ target }) => target).join(", ")}`);
  if (!path) fail(`${one} has no program: ${name}=PROGRAM`);
  if (!isFile(path)) fail(`${path} is no file`);
  if (statSync(path).size === 0) fail(`${path} is empty`);
  return { target, path };
});
const twice = programs.find(({ target }, index) => programs.findIndex((one) => one.target === target) !== index);
if (twice) fail(`there are two programs for ${twice.target.target}`);

// Only what this made is made anew: OUT may be the folder that a clone called gatelint lies in.
const isOurs = (folder, name) => {
  const contents = join(folder, "package.json");
  return isFile(contents) && readFileSync(contents, "utf8").includes(`"name": "${name}"`);
};
for (const name of ["gatelint", ...programs.map(({ target }) => packageName(target))]) {
  const folder = join(out, name);
  if (existsSync(folder) && !isOurs(folder, name)) fail(`${folder} is there and is no package of this; name another OUT`);
}

const write = (folder, contents, files) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(contents, null, 2) + "\n");
  for (const [name, from] of Object.entries({ LICENSE: join(root, "LICENSE"), ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(from, join(folder, name));
  }
};

const versions = {};
for (const { target, path } of programs) {
  const folder = join(out, packageName(target));
  const file = programFile(target);
  const { os, cpu, libc } = target;
  const fits = { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) };
  write(folder, { name: packageName(target), ...common, ...fits, files: [file], preferUnplugged: true }, { [file]: path });
  chmodSync(join(folder, file), 0o755);
  versions[packageName(target)] = common.version;
}

write(
  join(out, "gatelint"),
  {
    name: "gatelint",
    ...common,
    keywords: ["mcp", "policy", "linter", "agents", "security"],
    bin: { gatelint: "bin/gatelint.js" },
    files: ["bin", "targets.mjs"],
    engines: { node: ">=18" },
    optionalDependencies: versions,
  },
  { "README.md": join(here, "README.md"), "bin/gatelint.js": join(here, "bin/gatelint.js"), "targets.mjs": join(here, "targets.mjs") },
);
