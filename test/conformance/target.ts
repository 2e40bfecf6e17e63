/**
 * What the conformance suite runs on: the runtime that runs the tests, with each worker profile and each link.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Actor, LinkProtocol, type WorkerBackend, WorkerProfile } from "../../src/index.ts"
import { detect } from "../../src/runtime/index.ts"
import * as Bun from "../../src/runtime-bun/index.ts"
import * as Deno from "../../src/runtime-deno/index.ts"
import * as Node from "../../src/runtime-node/index.ts"
import type basic from "../adapters/basic.adapter.ts"

export const runtime: "node" | "deno" | "bun" = detect()

const backend = { node: Node, deno: Deno, bun: Bun }[runtime]

export interface Target {
  readonly name: string
  readonly layer: Layer.Layer<WorkerBackend.WorkerBackend>
  readonly capabilities: WorkerBackend.Capabilities
  /** Streams, claims and cancellation inside the worker: what plain Comlink calls do not have. */
  readonly frames: boolean
}

export const thread: Target = {
  name: `${runtime}, thread`,
  layer: backend.layer,
  capabilities: backend.capabilities,
  frames: true
}

export const inline: Target = {
  name: `${runtime}, inline`,
  layer: Layer.merge(backend.layer, WorkerProfile.layerInline),
  capabilities: WorkerProfile.inline.backend(backend.make()).capabilities,
  frames: true
}

export const comlink: Target = {
  name: `${runtime}, thread, plain Comlink`,
  layer: Layer.merge(backend.layer, LinkProtocol.layerComlink),
  capabilities: backend.capabilities,
  frames: false
}

export const adapter = (file: string): URL => new URL(`../adapters/${file}`, import.meta.url)

export type Basic = Actor.Shape<typeof basic>

type Options = Partial<Actor.Options<typeof basic>>

/** Starts the basic actor with one worker, unless told otherwise. */
export const basicActor = (
  options: Options = {}
): Effect.Effect<Basic, unknown, Scope.Scope | WorkerBackend.WorkerBackend> =>
  Actor.make<typeof basic>("Basic", { adapter: adapter("basic.adapter.ts"), size: 1, ...options })

/** Runs a test's program on a target. */
export const run = <A, E>(
  target: Target,
  program: Effect.Effect<A, E, Scope.Scope | WorkerBackend.WorkerBackend>
): Promise<A> => Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(target.layer)))

/** Words shared with workers. */
export const shared = (words: number): Int32Array => new Int32Array(new SharedArrayBuffer(words * 4))

/** Waits until a word has a value: for a state that is bound to come, within the time of a test. */
export const until = (words: Int32Array, index: number, atLeast: number): Effect.Effect<void> =>
  Effect.promise(async () => {
    while (Atomics.load(words, index) < atLeast) await new Promise((resolve) => setTimeout(resolve, 1))
  })

/** Every submitted call has been answered exactly once. */
export const balanced = (actor: object): Effect.Effect<boolean> =>
  Effect.map(
    Actor.stats(actor),
    ({ failed, interrupted, submitted, succeeded }) => submitted === succeeded + failed + interrupted
  )
