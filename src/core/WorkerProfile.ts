/**
 * How workers exist.
 *
 * - `thread` (the default): each in a thread of its own, made by the runtime's backend
 * - `inline`: in the thread of the caller, one after another. Arguments are cloned and methods run asynchronously just
 *   the same, so a program behaves as it does with threads; it is what tests, debuggers and single-core machines want
 *
 * The profile is chosen by a layer, and the program does not change; see `troupe`'s `WorkerProfiles`.
 */
import * as Context from "effect/Context"
import type { WorkerBackendShape } from "./WorkerBackend.ts"

/** A way for workers to exist. */
export interface WorkerProfileShape {
  readonly name: string
  /** The most workers that make sense; `undefined` where the machine decides. */
  readonly maxWorkers: number | undefined
  /** Turns the runtime's backend into the one to use. */
  readonly backend: (runtime: WorkerBackendShape) => WorkerBackendShape
}

/** Workers in threads, as the runtime's backend makes them. */
export const thread: WorkerProfileShape = {
  name: "thread",
  maxWorkers: undefined,
  backend: (runtime) => runtime
}

/** The profile in force; `thread` when none is provided. */
export const WorkerProfile: Context.Reference<WorkerProfileShape> = Context.Reference("troupe/core/WorkerProfile", {
  defaultValue: (): WorkerProfileShape => thread
})
