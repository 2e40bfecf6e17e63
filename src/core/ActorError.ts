/**
 * Everything that can go wrong with an actor, one tagged class each.
 *
 * {@link ActorError} is what a call may fail with; {@link StartError} and {@link Unsupported} are what building an
 * actor's layer may fail with. Every error names the actor, and a call's error its method.
 *
 * **Example** (Telling failures apart)
 *
 * ```ts
 * import { Effect } from "effect"
 * import type { ActorError } from "troupe"
 *
 * const orElse = (call: Effect.Effect<string, ActorError.ActorError>): Effect.Effect<string> =>
 *   call.pipe(
 *     Effect.catchTags({
 *       CallTimeout: (error) => Effect.succeed(`too slow after ${error.timeout} ms`),
 *       MethodError: (error) => Effect.succeed(`${error.method} threw ${error.message}`)
 *     }),
 *     Effect.catch((error) => Effect.succeed(`lost: ${error._tag}`))
 *   )
 * ```
 */
import * as Data from "effect/Data"

/**
 * The method threw, or its promise was rejected. `cause` is what it threw: an `Error` with the name, message, remote
 * stack, cause chain and own fields that it had in the worker, or the value itself when it was not an error.
 */
export class MethodError extends Data.Error<{
  readonly actor: string
  readonly method: string
  readonly worker: string
  readonly message: string
  readonly cause: unknown
}> {
  readonly _tag = "MethodError" as const
  override readonly name = "MethodError"
}

/**
 * An argument or a result cannot cross to another thread: it cannot be cloned or, nested too deeply or too large, not be
 * read there. `path` names the culprit, such as `args[0].onClick` or `result.items[3]`. It costs nothing but its own call.
 */
export class SerializationError extends Data.Error<{
  readonly actor: string
  readonly method: string
  readonly direction: "argument" | "result"
  readonly path: string
  readonly description: string
}> {
  readonly _tag = "SerializationError" as const
  override readonly name = "SerializationError"
  override get message(): string {
    const what = this.direction === "argument" ? "pass" : "return"
    const isFunction = /^(a|the) function/.test(this.description) && /^args\[\d+\]$/.test(this.path)
    return (
      `Cannot ${what} ${this.path} ${this.direction === "argument" ? "to" : "from"} ${this.actor}.${this.method}: ` +
      `${this.description} cannot be cloned to another thread` +
      (isFunction ? ". If the method is to call it, pass Actor.callback(f)" : "")
    )
  }
}

/**
 * The call took longer than its timeout, counted from its submission, the wait for a worker included. `started` tells
 * whether the method had begun; a method that never began never will.
 */
export class CallTimeout extends Data.Error<{
  readonly actor: string
  readonly method: string
  /** Milliseconds. */
  readonly timeout: number
  readonly started: boolean
}> {
  readonly _tag = "CallTimeout" as const
  override readonly name = "CallTimeout"
  override get message(): string {
    return (
      `${this.actor}.${this.method} took longer than its timeout of ${this.timeout} ms ` +
      (this.started ? "and was asked to stop" : "before a worker was free, and never started")
    )
  }
}

/** Why a worker is no longer there. */
export type LostReason =
  /** It ended by itself: a crash, `process.exit` (whatever its code), an uncaught error. */
  | { readonly _tag: "Exited"; readonly code: number | undefined; readonly error: unknown }
  /** troupe stopped it, because a call did not end in time. */
  | { readonly _tag: "Stopped"; readonly because: string }
  /** Its messages could no longer be read. */
  | { readonly _tag: "Unreadable"; readonly error: unknown }

/**
 * The worker went away while it ran the call. Whether the method did its work is unknown, so the call is not run again;
 * `idempotent` repeats what the adapter says about the method, for those who want to. A call that had not started moves
 * to another worker and never fails with this error, unless its arguments had been moved to the worker that was lost
 * (`started` is then `false`).
 */
export class WorkerLost extends Data.Error<{
  readonly actor: string
  readonly method: string
  readonly worker: string
  readonly reason: LostReason
  readonly started: boolean
  readonly idempotent: boolean
}> {
  readonly _tag = "WorkerLost" as const
  override readonly name = "WorkerLost"
  override get message(): string {
    return (
      `${this.worker} was lost while it ${this.started ? "ran" : "held the arguments of"} ` +
      `${this.actor}.${this.method}: ${describe(this.reason)}`
    )
  }
}

/** Whatever was thrown, as text: symbols and objects without a prototype do not become one by themselves. */
const text = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return "[a value that cannot be shown]"
  }
}

const describe = (reason: LostReason): string => {
  switch (reason._tag) {
    case "Exited":
      return (
        `it exited with code ${reason.code ?? "unknown"}` +
        (reason.error === undefined ? "" : ` (${text(reason.error)})`)
      )
    case "Stopped":
      return `it was stopped because ${reason.because}`
    case "Unreadable":
      return `its messages could not be read (${text(reason.error)})`
  }
}

/** The mailbox holds as many calls as it may, and the actor was told to fail then rather than to suspend callers. */
export class MailboxFull extends Data.Error<{
  readonly actor: string
  readonly method: string
  readonly capacity: number
}> {
  readonly _tag = "MailboxFull" as const
  override readonly name = "MailboxFull"
  override get message(): string {
    return (
      `Cannot submit ${this.actor}.${this.method}: ${this.capacity} calls are waiting already. ` +
      `Raise mailbox.capacity, or let callers wait with overflow: "suspend"`
    )
  }
}

/** The actor was closed, before the call or while it waited. */
export class ActorClosed extends Data.Error<{
  readonly actor: string
  readonly method: string
}> {
  readonly _tag = "ActorClosed" as const
  override readonly name = "ActorClosed"
  override get message(): string {
    return `Cannot run ${this.actor}.${this.method}: the actor's scope was closed`
  }
}

/**
 * The actor's workers die faster than its restart limits allow, so it was given up: every call fails with this error
 * until the layer is built anew. `cause` is what the last worker died of.
 */
export class PoolFailed extends Data.Error<{
  readonly actor: string
  readonly message: string
  readonly deaths: number
  readonly cause: unknown
}> {
  readonly _tag = "PoolFailed" as const
  override readonly name = "PoolFailed"
}

/**
 * The call was made on behalf of a call of the same actor, and every worker is taken by calls that wait for such calls:
 * none could ever run. It fails at once instead.
 */
export class CallCycle extends Data.Error<{
  readonly actor: string
  readonly method: string
  readonly slots: number
}> {
  readonly _tag = "CallCycle" as const
  override readonly name = "CallCycle"
  override get message(): string {
    return (
      `Cannot run ${this.actor}.${this.method}: it was called from within ${this.actor}, and all ${this.slots} ` +
      `calls that may run at once wait for such calls. Call the method directly, or give the actor more workers`
    )
  }
}

/** This runtime, or this worker profile, cannot do what the actor asks for. */
export class Unsupported extends Data.Error<{
  readonly actor: string
  readonly feature: string
  readonly runtime: string
  readonly advice: string
}> {
  readonly _tag = "Unsupported" as const
  override readonly name = "Unsupported"
  override get message(): string {
    return `Cannot give ${this.actor} ${this.feature} on ${this.runtime}: ${this.advice}`
  }
}

/** An option has a value that makes no sense. */
export class InvalidOption extends Data.Error<{
  readonly actor: string
  readonly option: string
  readonly expected: string
  readonly received: unknown
}> {
  readonly _tag = "InvalidOption" as const
  override readonly name = "InvalidOption"
  override get message(): string {
    return `Cannot build ${this.actor}: option ${this.option} expects ${this.expected}, received ${text(this.received)}`
  }
}

/**
 * A worker could not be started. `phase` tells how far it came; `cause` is what went wrong there.
 *
 * - `spawn`: the runtime made no worker
 * - `load`: the module could not be loaded, or holds no adapter
 * - `setup`: the adapter's set-up threw, or returned something else than methods
 * - `exit`: the worker ended before it was ready
 * - `timeout`: it was not ready within the start timeout
 */
export class StartError extends Data.Error<{
  readonly actor: string
  readonly worker: string
  readonly adapter: string
  readonly phase: "spawn" | "load" | "setup" | "exit" | "timeout"
  readonly message: string
  readonly cause: unknown
}> {
  readonly _tag = "StartError" as const
  override readonly name = "StartError"
}

/** What a call of an actor may fail with. */
export type ActorError =
  | MethodError
  | SerializationError
  | CallTimeout
  | WorkerLost
  | MailboxFull
  | ActorClosed
  | PoolFailed
  | CallCycle

/** What building an actor may fail with. */
export type BuildError = StartError | Unsupported | InvalidOption
