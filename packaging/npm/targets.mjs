// The builds that there are: Rust's name of each, and what npm calls it.
export const targets = [
  { target: "x86_64-unknown-linux-gnu", os: "linux", cpu: "x64", libc: "glibc" },
  { target: "x86_64-unknown-linux-musl", os: "linux", cpu: "x64", libc: "musl" },
  { target: "aarch64-unknown-linux-gnu", os: "linux", cpu: "arm64", libc: "glibc" },
  { target: "aarch64-unknown-linux-musl", os: "linux", cpu: "arm64", libc: "musl" },
  { target: "x86_64-apple-darwin", os: "darwin", cpu: "x64" },
  { target: "aarch64-apple-darwin", os: "darwin", cpu: "arm64" },
  { target: "x86_64-pc-windows-msvc", os: "win32", cpu: "x64" },
];

/** The name of the package with the program for a target. */
export const packageName = ({ os, cpu, libc }) =>
  `@gatelint/${os}-${cpu}${libc === undefined ? "" : libc === "musl" ? "-musl" : "-gnu"}`;

/** The program's file within its package. */
export const programFile = ({ os }) => (os === "win32" ? "gatelint.exe" : "gatelint");
