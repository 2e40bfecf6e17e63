/**
 * What the conformance suite runs on: the runtime that runs the tests, with each worker profile and each link.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Actor, LinkProtocol, WorkerBackend, WorkerProfile } from "../../src/index.ts"
import { detect } from "../../src/runtime/index.ts"
import * as Bun from "../../src/runtime-bun/index.ts"
import * as Deno from "../../src/runtime-deno/index.ts"
import * as Node from "../../src/runtime-node/index.ts"
import type basic from "../adapters/basic.adapter.ts"

/** The runtime that runs this test. */
export const runtime: "node" | "deno" | "bun" = detect()

const backend: WorkerBackend.WorkerBackendShape = { node: Node, deno: Deno, bun: Bun }[runtime].make()

/** One combination of profile and link on this runtime. */
export interface Target {
  readonly name: string
  readonly profile: "thread" | "inline"
  readonly link: "frames" | "comlink"
  readonly capabilities: WorkerBackend.Capabilities
  readonly layer: Layer.Layer<WorkerBackend.WorkerBackend>
}

const target = (profile: Target["profile"], link: Target["link"]): Target => ({
  name: `${runtime}, ${profile}${link === "comlink" ? ", plain Comlink" : ""}`,
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

/** The address of an adapter of the suite. */
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
