/**
 * What runs inside a worker: ordinary code, described so that troupe can offer it as an actor.
 *
 * This module is the whole of what an adapter needs, and it imports nothing that a worker would have to pay for.
 *
 * **Example** (An adapter)
 *
 * ```ts
 * import * as Adapter from "troupe/adapter"
 *
 * export default Adapter.define({
 *   setup: (context, options: { readonly greeting: string }) => ({
 *     greet: (name: string) => `${options.greeting}, ${name}!`,
 *     count: function*(to: number) {
 *       for (let n = 1; n <= to; n++) yield n
 *     }
 *   })
 * })
 * ```
 */
import type { WorkerInfo } from "../wire/Control.ts"
import * as Moved from "../wire/Moved.ts"
import type { Transferred } from "../wire/Port.ts"
import * as Call from "./Call.ts"

// registered, so that adapters made by another copy of this module are known as well
const adapterKey: unique symbol = Symbol.for("troupe/Adapter")
const methodKey: unique symbol = Symbol.for("troupe/Adapter/Method")

/** Any function that can be a method. Its parameters are checked where it is called, by the types of the actor. */
export type AnyFunction = (...args: never) => unknown

/** A length of time: milliseconds, or a number and a unit such as `"2 seconds"`. */
export type Duration =
  | number
  | `${number} ${"milli" | "millis" | "second" | "seconds" | "minute" | "minutes" | "hour" | "hours"}`

/** What the main side should know about a method. */
export interface MethodOptions {
  /** One sentence for people. */
  readonly description?: string
  /** The method may run twice for one call without harm. Default: `false`. */
  readonly idempotent?: boolean
  /**
   * What the interruption of a caller does to the running method: ask it to stop (`"cooperative"`, the default), or
   * also replace its worker when it has not stopped within the actor's grace time (`"terminate"`).
   */
  readonly interruption?: "cooperative" | "terminate"
  /** Time a call may take, waiting included. Default: the actor's. */
  readonly timeout?: Duration
  /** Cost of a call next to other calls, any finite positive number. Default: 1. */
  readonly weight?: number
}

/** A method with options. */
export interface Method<F extends AnyFunction, Kind extends "effect" | "stream" = "effect"> {
  readonly [methodKey]: Kind
  readonly run: F
  readonly options: MethodOptions
}

/** What a set-up may return: functions, and methods with options. Other fields are ignored. */
export type Methods = object

/** What a set-up receives. `Parent` are the functions of the main side that it may call. */
export interface SetupContext<out Parent = {}> {
  /** The worker that this set-up is for. */
  readonly worker: WorkerInfo
  /**
   * Declares a value that exists once per worker: made on first use, disposed with the worker when it is `Disposable`
   * or `AsyncDisposable`.
   */
  readonly threadLocal: <A>(make: () => A) => () => A
  /**
   * Functions of the main side, as the actor's option `parent` has them: they may be called from the set-up on for as
   * long as the worker lives, during a call and outside of any. Arguments and results are cloned; a failure rejects. So
   * many calls (64) are on their way at once, others wait. Whoever does not wait for the answer need not handle its failure.
   */
  readonly parent: Parent
}

/** An adapter: how to set up the methods in a worker, and how to dispose of them. */
export interface Adapter<M extends Methods, Options = void, Parent = {}> {
  readonly [adapterKey]: 1
  readonly threadSafe: boolean
  readonly setup: (context: SetupContext<Parent>, options: Options) => M | PromiseLike<M>
  readonly dispose: ((methods: M) => unknown) | undefined
}

/** Some adapter. */
export interface Any {
  readonly [adapterKey]: 1
  readonly threadSafe: boolean
  // the parameters of a set-up and a disposal differ from adapter to adapter
  readonly setup: (context: never, options: never) => unknown
  readonly dispose: ((methods: never) => unknown) | undefined
}

/**
 * Describes an adapter.
 *
 * `setup` runs once per worker, before its first call, and may be asynchronous; when it throws, the worker has failed
 * to start. `dispose` runs once, when the worker is closed. `threadSafe: true` declares that several calls may run at
 * once in one worker; without it they never do.
 *
 * A parameter of a method that is a function which returns a promise, or nothing, is a function of the main side: the
 * caller passes `Actor.callback(f)`. One that is an `AsyncIterable` is a stream of the main side: the caller passes a
 * Stream. Both live as long as the call.
 */
export const define = <M extends Methods, Options = void, Parent = {}>(definition: {
  readonly setup: (context: SetupContext<Parent>, options: Options) => M | PromiseLike<M>
  readonly dispose?: (methods: M) => unknown
  readonly threadSafe?: boolean
}): Adapter<M, Options, Parent> => {
  if (typeof definition?.setup !== "function") {
    throw new TypeError(
      `Cannot define an adapter: expected a function as "setup", received ${typeof definition?.setup}`
    )
  }
  return {
    [adapterKey]: 1,
    threadSafe: definition.threadSafe === true,
    setup: definition.setup,
    dispose: definition.dispose
  }
}

/**
 * Makes an adapter of a module that was written without troupe: its exported functions are the methods.
 *
 * **Example** (Wrapping a module)
 *
 * ```ts
 * import * as path from "node:path"
 * import * as Adapter from "troupe/adapter"
 *
 * export default Adapter.fromModule(path, { threadSafe: true })
 * ```
 */
export const fromModule = <M extends object>(module: M, options?: { readonly threadSafe?: boolean }): Adapter<M> =>
  define<M>({ setup: () => module, threadSafe: options?.threadSafe === true })

/** Adds options to a method. */
export const method = <F extends AnyFunction>(run: F, options: MethodOptions): Method<F> =>
  makeMethod("effect", run, options)

/**
 * Declares that a function returns something to be streamed: an `AsyncIterable` or an `Iterable`. Generator functions
 * are known as streams without it.
 */
export const stream = <F extends (...args: never) => AsyncIterable<unknown> | Iterable<unknown>>(
  run: F,
  options: MethodOptions = {}
): Method<F, "stream"> => makeMethod("stream", run, options)

const makeMethod = <F extends AnyFunction, Kind extends "effect" | "stream">(
  kind: Kind,
  run: F,
  options: MethodOptions
): Method<F, Kind> => {
  if (typeof run !== "function") {
    throw new TypeError(`Cannot make a method: expected a function, received ${typeof run}`)
  }
  return { [methodKey]: kind, run, options }
}

/**
 * The call being run. Take it before the first `await`: with several calls in one worker, it is only known until then.
 *
 * Throws outside of any call.
 *
 * **Example** (Work that stops when nobody waits for it)
 *
 * ```ts
 * import * as Adapter from "troupe/adapter"
 *
 * export default Adapter.define({
 *   setup: () => ({
 *     search: (limit: number) => {
 *       const call = Adapter.call()
 *       let best = 0
 *       for (let n = 0; n < limit && !call.cancelled(); n++) best = Math.max(best, Math.sin(n))
 *       return best
 *     }
 *   })
 * })
 * ```
 */
export const call = (): Call.Call => {
  const current = Call.current()
  if (current === undefined) {
    throw new Error("Cannot take the current call: no call is running here. Take it before the method's first await")
  }
  return current
}

/**
 * Marks a value as handed over instead of cloned, in the next message that holds it: an argument, a result or an item
 * of a stream. The sender's copy is gone afterwards.
 *
 * An `ArrayBuffer`, a port or a stream moves as it is. A view moves together with its buffer, if it covers all of it;
 * a view of a part (a small Node `Buffer` is one) is cloned, because others may use the rest. Shared memory is shared
 * anyway. Give `transfer` to name the parts of an object that move.
 */
export const move = <A extends object>(value: A, transfer?: ReadonlyArray<Transferred>): A => {
  if (transfer === undefined) Moved.mark(value)
  else Moved.mark(value, transfer)
  return value
}

/** Is `value` an adapter? */
export const isAdapter = (value: unknown): value is Any =>
  typeof value === "object" && value !== null && adapterKey in value

/** Is `value` a method with options? */
export const isMethod = (value: unknown): value is Method<AnyFunction, "effect" | "stream"> =>
  typeof value === "object" && value !== null && methodKey in value

/** Whether a method streams or returns. */
export const kindOf = (method: Method<AnyFunction, "effect" | "stream">): "effect" | "stream" =>
  method[methodKey] === "stream" || isGenerator(method.run) ? "stream" : "effect"

/** Is `run` a generator function, synchronous or not? */
export const isGenerator = (run: AnyFunction): boolean => {
  const tag = Object.prototype.toString.call(run)
  return tag === "[object GeneratorFunction]" || tag === "[object AsyncGeneratorFunction]"
}
