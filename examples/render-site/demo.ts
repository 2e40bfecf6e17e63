/**
 * Renders the same folder on Node, Deno and Bun, inline and with workers, and checks that all six sites are the same.
 *
 *     npm run demo
 *     npm run demo -- path/to/folder
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { Report } from "./Report.ts"
import * as Site from "./site.ts"

const pathTo = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The command lines that run a TypeScript file. */
const runtimes = [["node"], ["deno", "run", "--allow-all"], ["bun"]] as const

type Runtime = (typeof runtimes)[number]

type Mode = "inline" | "workers"

interface Run {
  readonly report: Report
  readonly mode: Mode
  /** Seconds from the start of the process to its end. */
  readonly whole: number
  /** The SHA-256 of every file of the site, as it is on disk. */
  readonly site: ReadonlyMap<string, string>
}

/** Runs render.ts in a process of its own. Interruption waits until that process has cleaned up and gone. */
const spawn = Effect.fn("spawn")(function* ([command, ...args]: Runtime, mode: Mode, folder: string) {
  const child = yield* ChildProcess.make(
    pathTo(`../../node_modules/.bin/${command}`),
    [...args, pathTo("./render.ts"), mode, folder],
    // Not detached: the child belongs to the terminal's foreground job, as Ctrl-C and Ctrl-Z expect.
    { stdin: "ignore", stderr: "inherit", detached: false, killSignal: "SIGINT", forceKillAfter: "10 seconds" }
  )
  const output = yield* child.stdout.pipe(Stream.decodeText, Stream.mkString)
  const code = yield* child.exitCode
  if (code === 130) return yield* Effect.interrupt
  if (code !== 0) return yield* new Site.SiteError({ message: `${command}, ${mode}: stopped with exit code ${code}` })
  return yield* Schema.decodeEffect(Schema.fromJsonString(Report))(output)
}, Effect.scoped)

const run = Effect.fn("run")(function* (runtime: Runtime, mode: Mode, folder: string) {
  const [whole, report] = yield* Effect.timed(spawn(runtime, mode, folder))
  const files = yield* Site.readSite(pathTo("./site"))
  const site = new Map(files.map(({ bytes, file }) => [file, createHash("sha256").update(bytes).digest("hex")]))
  return { report, mode, whole: Duration.toSeconds(whole), site } satisfies Run
})

const nameOf = ({ mode, report }: Run): string => `${report.runtime}, ${mode}`

const rowOf = ({ mode, report, whole }: Run, inline: Run): Array<string> => [
  report.runtime,
  mode === "inline" ? mode : String(report.workers),
  String(report.pages),
  report.seconds.toFixed(2),
  (report.pages / report.seconds).toFixed(0),
  (inline.report.seconds / report.seconds).toFixed(2),
  whole.toFixed(2)
]

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widthOf = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const line = ([runtime = "", ...numbers]: ReadonlyArray<string>): string =>
    [runtime.padEnd(widthOf(0)), ...numbers.map((cell, at) => cell.padStart(widthOf(at + 1)))].join("  ")
  return rows.map(line).join("\n")
}

/** The files that are not the same in both. */
const differences = (a: Run, b: Run): Array<string> =>
  [...new Set([...a.site.keys(), ...b.site.keys()])].filter((file) => a.site.get(file) !== b.site.get(file))

const program = Effect.gen(function* () {
  // npm runs scripts in the project's folder: a relative path is meant from where the user is.
  const folder = resolve(process.env["INIT_CWD"] ?? ".", process.argv[2] ?? pathTo("../../node_modules"))
  const pages = yield* Site.findMarkdown(folder)
  yield* Console.log(`Rendering the ${pages.length} Markdown files of ${folder}\n`)

  const runs = yield* Effect.forEach(runtimes, (runtime) =>
    Effect.all([run(runtime, "inline", folder), run(runtime, "workers", folder)])
  )

  const header = ["runtime", "workers", "pages", "seconds", "pages/s", "speed-up", "whole run"]
  const rows = runs.flatMap(([inline, workers]) => [rowOf(inline, inline), rowOf(workers, inline)])
  yield* Console.log(`
${table([header, ...rows])}

seconds    from the first call to the last result; the first worker has started, the others may still be joining
speed-up   against inline, on the same runtime
whole run  seconds from process start to exit: start of the workers, reading, rendering, writing
`)

  const [[first]] = runs
  for (const other of runs.flat()) {
    const files = differences(first, other)
    if (files.length > 0) {
      const some = files.slice(0, 10).join(", ")
      return yield* new Site.SiteError({
        message: `Not the same bytes: ${files.length} of ${first.site.size} files differ between ${nameOf(first)} and ${nameOf(other)}: ${some}`
      })
    }
  }
  yield* Console.log(`All ${runs.flat().length} runs wrote the same ${first.site.size} files, byte for byte.`)
  yield* Console.log(`Look at them: ${pathTo("./site/index.html")}`)
})

program.pipe(
  Effect.tapErrorTag("SiteError", (error) => Console.error(error.message)),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
