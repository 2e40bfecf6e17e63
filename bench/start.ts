/**
 * Time from asking for a worker to its first result: a bare worker that imports the adapter, of `node:worker_threads` and
 * where there is one of the web, and troupe with the same adapter, in turns.
 */
import { Worker } from "node:worker_threads"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { Actor, type WorkerBackend } from "troupe"
import * as Runtime from "troupe/runtime"
import { type Figure, figure } from "./figure.ts"
import { workerFile } from "./rows/Row.ts"
import { adapter, type Counter } from "./rows/troupe.ts"
import { within } from "./watchdog.ts"

/** Milliseconds to the first result, or why there are none. */
export interface Start {
  readonly bare?: Figure
  readonly bareWeb?: Figure
  readonly troupe?: Figure
  readonly error?: string
}

const check = (result: unknown): void => {
  if (result !== 42) throw new Error(`Cannot trust a start: expected the result 42, received ${String(result)}`)
}

const bare = async (): Promise<number> => {
  const started = performance.now()
  const worker = new Worker(workerFile("bare.mjs"))
  const result = await new Promise<unknown>((resolve, reject) => {
    worker.once("error", reject)
    worker.once("message", ([, answer]: [number, unknown]) => resolve(answer))
    worker.postMessage([1, 41, 1])
  })
  const elapsed = performance.now() - started
  check(result)
  await worker.terminate()
  return elapsed
}

const bareWeb = async (): Promise<number> => {
  const started = performance.now()
  const worker = new globalThis.Worker(workerFile("bareWeb.mjs"), { type: "module" })
  const result = await new Promise<unknown>((resolve, reject) => {
    worker.addEventListener("error", reject)
    worker.addEventListener("message", ({ data: [, answer] }: MessageEvent<[number, unknown]>) => resolve(answer))
    worker.postMessage([1, 41, 1])
  })
  const elapsed = performance.now() - started
  check(result)
  worker.terminate()
  return elapsed
}

const troupe = (backend: Context.Context<WorkerBackend.WorkerBackend>) => async (): Promise<number> => {
  const scope = Scope.makeUnsafe()
  const started = performance.now()
  const result = await Effect.runPromise(
    Actor.make<Counter>("counter", { adapter, size: 1 }).pipe(
      Effect.flatMap((counter) => counter.add(41, 1)),
      Effect.provide(backend),
      Scope.provide(scope)
    )
  )
  const elapsed = performance.now() - started
  check(result)
  await Effect.runPromise(Scope.close(scope, Exit.void))
  return elapsed
}

/** Measures `repetitions` starts of each, after one that does not count. */
export const measureStart = async (repetitions: number, patience: number): Promise<Start> => {
  const scope = Scope.makeUnsafe()
  try {
    const backend = await Effect.runPromise(Layer.build(Runtime.layer).pipe(Scope.provide(scope)))
    const samples = { bare: new Array<number>(), bareWeb: new Array<number>(), troupe: new Array<number>() }
    const web = "Worker" in globalThis ? [["bareWeb", bareWeb] as const] : []
    const runs = [["bare", bare] as const, ...web, ["troupe", troupe(backend)] as const]
    for (let repetition = 0; repetition <= repetitions; repetition++) {
      for (const [name, run] of repetition % 2 === 0 ? runs : runs.toReversed()) {
        const elapsed = await within(patience, `start a worker (${name})`, run)
        if (repetition > 0) samples[name].push(elapsed)
      }
    }
    return {
      bare: figure(samples.bare),
      ...(web.length > 0 ? { bareWeb: figure(samples.bareWeb) } : {}),
      troupe: figure(samples.troupe)
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  } finally {
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
}
