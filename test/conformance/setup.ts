/**
 * What the conformance suite runs on: the backend of the runtime that runs the test, every worker profile and every
 * link.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { it } from "vitest"
import { Actor, type ActorError, LinkProtocol, WorkerBackend, WorkerProfile } from "../../src/index.ts"
import * as Runtime from "../../src/runtime/index.ts"
import * as BunBackend from "../../src/runtime-bun/index.ts"
import * as DenoBackend from "../../src/runtime-deno/index.ts"
import * as NodeBackend from "../../src/runtime-node/index.ts"
import * as Board from "../adapters/board.ts"
import type probe from "../adapters/probe.adapter.ts"

/** The runtime that runs this test. */
export const runtime: "node" | "deno" | "bun" = Runtime.detect()

const backend: WorkerBackend.WorkerBackendShape = { node: NodeBackend, deno: DenoBackend, bun: BunBackend }[
  runtime
].make()

/** One combination of profile and link on this runtime. */
export interface Target {
  readonly profile: "thread" | "inline"
  readonly link: "frames" | "comlink"
  readonly capabilities: WorkerBackend.Capabilities
  readonly layer: Layer.Layer<WorkerBackend.WorkerBackend>
}

const target = (profile: Target["profile"], link: Target["link"]): Target => ({
  profile,
  link,
  capabilities: (profile === "thread" ? WorkerProfile.thread : WorkerProfile.inline).backend(backend).capabilities,
  layer: Layer.mergeAll(
    Layer.succeed(WorkerBackend.WorkerBackend, backend),
    profile === "thread" ? WorkerProfile.layerThread : WorkerProfile.layerInline,
    link === "frames" ? LinkProtocol.layerFrames : LinkProtocol.layerComlink
  )
})

/** Workers in threads, calls in frames: the default. */
export const thread: Target = target("thread", "frames")

/** One worker in the thread of its callers. */
export const inline: Target = target("inline", "frames")

/** Every call a plain Comlink call: the reference. */
export const comlink: Target = target("thread", "comlink")

/** What a row needs: workers, and a scope that ends them. */
export type Row = Effect.Effect<void, unknown, Scope.Scope | WorkerBackend.WorkerBackend>

/** Adds one test, which runs `body` on the target. */
export type AddRow = (sentence: string, body: () => Row) => void

export const rows =
  (target: Target): AddRow =>
  (sentence, body) => {
    it(sentence, () => Effect.runPromise(Effect.suspend(body).pipe(Effect.scoped, Effect.provide(target.layer))))
  }

/** The address of an adapter of the suite. */
export const adapter = (file: string): URL => new URL(`../adapters/${file}`, import.meta.url)

/** An actor with the methods of `probe.ts`: one worker that runs one call at a time, unless the options say more. */
export const makeProbe = (
  options: Partial<Actor.Options<typeof probe>> = {}
): Effect.Effect<Probe, ActorError.BuildError, Scope.Scope | WorkerBackend.WorkerBackend> =>
  Actor.make<typeof probe>("Probe", { adapter: adapter("probe.adapter.ts"), size: 1, ...options })

export type Probe = Actor.Shape<typeof probe>

/** Completes when the cell has reached `least`. */
export const until = (board: Board.Board, name: Board.Cell, least: number): Effect.Effect<void> =>
  Effect.promise(() => Board.until(board, name, least))

/** Completes when the actor's numbers are as `wanted`; dies, so that nothing hangs, when that takes 20 seconds. */
export const untilStats = (actor: object, wanted: (stats: Actor.Stats) => boolean): Effect.Effect<Actor.Stats> =>
  Effect.gen(function* () {
    const giveUp = performance.now() + 20_000
    for (;;) {
      const stats = yield* Actor.stats(actor)
      if (wanted(stats)) return stats
      if (performance.now() > giveUp) throw new Error(`Gave up waiting: the stats are ${JSON.stringify(stats)}`)
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 1)))
    }
  })

/** Runs `effect` in a fiber of its own, submitted when this returns. */
export const fork = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<Fiber.Fiber<A, E>> =>
  Effect.forkDetach(effect, { startImmediately: true })
