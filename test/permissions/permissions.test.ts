/**
 * What an actor needs to be allowed, and what its user learns when it is not: the table of docs/runtimes.md, row by row.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { detect } from "../../src/runtime/index.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const program = "test/permissions/program.mjs"

const run = (flags: ReadonlyArray<string>, args: ReadonlyArray<string>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const before = { deno: ["run", "--no-prompt"], node: ["--permission"], bun: [] }[detect()]
    // a CI's own variables would change what is chosen
    const env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name === "PATH" || name === "HOME")),
      TROUPE_ENV: "production"
    }
    execFile(
      process.execPath,
      [...before, ...flags, program, ...args],
      { cwd: root, env, timeout: 50_000 },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout))
        else reject(new Error(`${error.message}\n${stdout}\n${stderr}`))
      }
    )
  })

interface Row {
  readonly flags: ReadonlyArray<string>
  /** What the program asks for beside an actor in threads. */
  readonly wants?: "inline" | "env"
  readonly outcome: ReadonlyArray<unknown>
}

const greeted = (environment: string): ReadonlyArray<unknown> => ["Hello, you!", environment]
const refused = (phase: string, flag: string): ReadonlyArray<unknown> => [
  "StartError",
  phase,
  expect.stringContaining(flag)
]

/** Node may read all that this needs, but for the adapter. */
const withoutAdapter = ["dist", "node_modules", "package.json", program].map((path) => `--allow-fs-read=${root}${path}`)

const rows: Record<ReturnType<typeof detect>, ReadonlyArray<Row>> = {
  deno: [
    { flags: ["--allow-read", "--allow-env"], outcome: greeted("production") },
    { flags: ["--allow-read=."], outcome: greeted("local") },
    { flags: ["--allow-read", "--allow-env=TROUPE_ENV"], outcome: greeted("production") },
    // a Deno that a Deno starts without any permission is given all of them, so it gets one that is of no use
    { flags: ["--allow-net"], outcome: refused("spawn", "--allow-read") },
    { flags: ["--allow-env"], outcome: refused("spawn", "--allow-read") },
    { flags: ["--allow-read=dist,node_modules"], outcome: refused("load", "--allow-read") },
    { flags: ["--allow-read"], wants: "inline", outcome: greeted("local") },
    { flags: ["--allow-net"], wants: "inline", outcome: refused("load", "--allow-read") },
    { flags: ["--allow-read"], wants: "env", outcome: refused("spawn", "--allow-env") },
    { flags: ["--allow-read", "--allow-env"], wants: "env", outcome: greeted("production") }
  ],
  node: [
    { flags: ["--allow-fs-read=*", "--allow-worker"], outcome: greeted("production") },
    { flags: [`--allow-fs-read=${root}`, "--allow-worker"], outcome: greeted("production") },
    { flags: ["--allow-fs-read=*"], outcome: refused("spawn", "--allow-worker") },
    // a thread is not bound by what its main side may read, as Node's documentation says
    { flags: [...withoutAdapter, "--allow-worker"], outcome: greeted("production") },
    { flags: withoutAdapter, wants: "inline", outcome: refused("load", "--allow-fs-read") },
    { flags: ["--allow-fs-read=*"], wants: "inline", outcome: greeted("production") }
  ],
  // knows no permissions, so nothing is missing without flags
  bun: [
    { flags: [], outcome: greeted("production") },
    { flags: [], wants: "inline", outcome: greeted("production") }
  ]
}

describe(`permissions on ${detect()}`, () => {
  for (const { flags, outcome, wants } of rows[detect()]) {
    const shown = flags.map((flag) => flag.replaceAll(root, "")).join(" ")
    it(`${shown === "" ? "no flags" : shown}${wants === undefined ? "" : `, ${wants}`}`, async () => {
      expect(await run(flags, wants === undefined ? [] : [wants])).toEqual(outcome)
    })
  }
})
