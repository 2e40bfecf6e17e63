/**
 * What a caller may say about single calls, without extra arguments.
 */
import * as Context from "effect/Context"
import type { Routing } from "./Routing.ts"

export interface CallOptions {
  /** Milliseconds, counted from submission; `Infinity` for none. */
  readonly timeout?: number
  readonly interruption?: "cooperative" | "terminate"
  readonly weight?: number
  /** Higher ones are served first. Default: 0. */
  readonly priority?: number
  /** Calls of one key go to one worker, while that lives. */
  readonly affinity?: string
  readonly routing?: Routing
  /** The id of the call on whose behalf this one is made. */
  readonly onBehalfOf?: string
}

/** The options of all calls made in a fiber. */
export const CallOptions: Context.Reference<CallOptions> = Context.Reference("troupe/core/CallOptions", {
  defaultValue: (): CallOptions => none
})

export const none: CallOptions = {}
