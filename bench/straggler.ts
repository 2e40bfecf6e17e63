/**
 * A straggler: forty real documents, the heaviest of which comes last, rendered by two and by four workers.
 *
 * Each document is really rendered first, and timed; workers then hold their thread for that long, so that what is
 * measured is the order and the pool, whatever cores the machine has. What a run takes is related to the shortest time
 * possible: the work divided by the workers, or the longest document.
 */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { Actor, WorkerCount } from "troupe"
import type * as Adapter from "troupe/adapter"
import * as Runtime from "troupe/runtime"
import renderer from "../examples/render-site/renderer.adapter.ts"
import { type Figure, figure } from "./figure.ts"
import { workerFile } from "./rows/Row.ts"

/** READMEs of the packages that this one is built with, as the alphabet has them; what took longest comes last. */
const documents: ReadonlyArray<string> = (
  "acorn any-promise asap assertion-error bundle-require cac chai comlink confbox consola es-module-lexer esbuild " +
  "estree-walker fast-check govuk-frontend joycon lines-and-columns load-tsconfig magic-string marked-highlight marked " +
  "mlly mz nanoid nunjucks obug pathe picocolors pirates pkg-types poolifier postcss postcss-load-config pure-rand " +
  "rollup std-env sucrase thenify tinybench"
)
  .split(" ")
  .map((name) => `${name}/README.md`)

const heaviest = "highlight.js/CHANGES.md"

/** Milliseconds that all documents together take when they are replayed. */
const total = 800

/** Makespans over the shortest possible one. */
export interface Straggler {
  readonly documents: number
  /** The part of the work that the heaviest document is. */
  readonly share: number
  readonly rows: ReadonlyArray<{
    readonly workers: number
    readonly order: "found" | "heaviestFirst"
    readonly ratio: Figure
  }>
}

interface Replayed {
  readonly size: number
  readonly milliseconds: number
}

const medianOf = (samples: ReadonlyArray<number>): number => figure(samples).median

const measureDocuments = async (): Promise<ReadonlyArray<Replayed>> => {
  const worker = { name: "bench", index: 0, incarnation: 0 }
  const { render } = await renderer.setup({ worker, threadLocal: (make) => make, parent: {} }, { gfm: true })
  const pages = [...documents, heaviest].map((file) => ({
    file,
    markdown: readFileSync(new URL(`../node_modules/${file}`, import.meta.url), "utf8")
  }))
  const samples = pages.map(() => [] as Array<number>)
  for (let round = 0; round < 5; round++) {
    for (const [at, page] of pages.entries()) {
      const begun = performance.now()
      render(page)
      samples[at]?.push(performance.now() - begun)
    }
  }
  const times = samples.map((times) => medianOf(times))
  const scale = total / times.reduce((a, b) => a + b, 0)
  return pages.map(({ markdown }, at) => ({ size: markdown.length, milliseconds: (times[at] ?? 0) * scale }))
}

type Replay = Adapter.Adapter<{ readonly replay: (milliseconds: number) => number }>

/** Replays the documents `rounds` times in each order, on two and on four workers. */
export const measureStraggler = async (rounds: number): Promise<Straggler> => {
  const pages = await measureDocuments()
  const times = pages.map(({ milliseconds }) => milliseconds)
  const longest = Math.max(...times)
  const on = (workers: number) =>
    Effect.gen(function* () {
      const actor = yield* Actor.make<Replay>("replay", { adapter: workerFile("replay.adapter.mjs"), size: workers })
      yield* Actor.broadcast(actor.replay(1))
      const shortest = Math.max(total / workers, longest)
      const samples = { found: [] as Array<number>, heaviestFirst: [] as Array<number> }
      for (let round = 0; round < rounds; round++) {
        for (const order of ["found", "heaviestFirst"] as const) {
          const begun = performance.now()
          yield* Actor.forEach(pages, ({ milliseconds }) => actor.replay(milliseconds), {
            weight: ({ size }) => size + 1,
            order: order === "found" ? "fifo" : order
          })
          samples[order].push((performance.now() - begun) / shortest)
        }
      }
      return (["found", "heaviestFirst"] as const).map((order) => ({ workers, order, ratio: figure(samples[order]) }))
    }).pipe(Effect.scoped)
  const rows = await Effect.runPromise(
    Effect.provide(
      Effect.map(Effect.all([on(2), on(4)]), (all) => all.flat()),
      Runtime.layer
    )
  )
  return { documents: pages.length, share: Number((longest / total).toFixed(3)), rows }
}

/** Microseconds that one sizing decision takes, with its reasons. */
export const measureSizing = (): Figure => {
  const decide = (tasks: number): number =>
    WorkerCount.plan(tasks, { workload: "render", environment: "production", cores: 8, sharedMemory: true }).workers
  const samples: Array<number> = []
  let sum = 0
  for (let round = 0; round < 15; round++) {
    const begun = performance.now()
    for (let tasks = 0; tasks < 5000; tasks++) sum += decide(tasks)
    samples.push(((performance.now() - begun) * 1000) / 5000)
  }
  if (sum === 0) throw new Error("Cannot trust the decisions: none was made")
  return figure(samples.slice(5))
}
