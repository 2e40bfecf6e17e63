/**
 * What the conformance suite runs on: the backend of the runtime that runs the test, every worker profile and every
 * link.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { it } from "vitest"
import { Actor, LinkProtocol, WorkerBackend, WorkerProfile } from "../../src/index.ts"
import * as Runtime from "../../src/runtime/index.ts"
import * as BunBackend from "../../src/runtime-bun/index.ts"
import * as DenoBackend from "../../src/runtime-deno/index.ts"
import * as NodeBackend from "../../src/runtime-node/index.ts"
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

/** Makes `row`, which adds one test that runs its body on the target. */
export const rows =
  (target: Target) =>
  (sentence: string, body: () => Generator<Effect.Effect<unknown, unknown, any>, void, never>): void => {
    it(sentence, () => Effect.runPromise(Effect.provide(Effect.scoped(Effect.gen(body)) as never, target.layer)))
  }

export const adapter = (file: string): URL => new URL(`../adapters/${file}`, import.meta.url)
