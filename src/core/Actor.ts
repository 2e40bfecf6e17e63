/**
 * Actors: ordinary code, called as if it were local, that really runs in a pool of workers.
 *
 * An actor is defined once, as a service, from an adapter's type and its address. Each method becomes an Effect, each
 * generator method a Stream. Which runtime, which kind of worker and how many are layers and options; the program that
 * calls does not change.
 *
 * **Example** (An actor as a service)
 *
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Actor } from "troupe"
 * import * as Runtime from "troupe/runtime"
 * import type greeter from "./greeter.adapter.ts"
 *
 * class Greeter extends Actor.Service<Greeter, typeof greeter>()("Greeter", {
 *   adapter: new URL("./greeter.adapter.ts", import.meta.url),
 *   options: { greeting: "Hello" }
 * }) {}
 *
 * const program = Effect.gen(function*() {
 *   const greeter = yield* Greeter
 *   return yield* greeter.greet("world")
 * })
 *
 * Effect.runPromise(program.pipe(Effect.provide(Greeter.layer.pipe(Layer.provide(Runtime.layer)))))
 * ```
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { MethodInfo } from "../wire/Control.ts"
import type * as Adapter from "../worker/Adapter.ts"
import type { ActorError, BuildError } from "./ActorError.ts"
import * as ActorCall from "./ActorCall.ts"
import * as ActorHandle from "./ActorHandle.ts"
import type { ActorOptions } from "./ActorOptions.ts"
import type { Ledger, WorkerStats } from "./ActorPool.ts"
import type { Callback } from "./Callback.ts"
import { CallOptions } from "./CallOptions.ts"
import type { ErrorSchema } from "./ErrorSchema.ts"
import type { ParentFunctions } from "./ParentFunctions.ts"
import { type Routing, routings } from "./Routing.ts"
import type { WorkerBackend } from "./WorkerBackend.ts"

export type { ActorOptions } from "./ActorOptions.ts"
export { type Callback, callback, type Reply } from "./Callback.ts"
export { forEach, type ForEachOptions } from "./forEach.ts"
export { type ComlinkActor, fromComlink, type FromComlinkOptions } from "./fromComlink.ts"
export { stream, type StreamOptions } from "./stream.ts"

/** The methods of an adapter. */
export type MethodsOf<A> = A extends Adapter.Adapter<infer M, infer _, infer __> ? M : never

/** What an adapter's set-up wants as options. */
export type SetupOptionsOf<A> = A extends Adapter.Adapter<infer _, infer O, infer __> ? O : never

/** The functions of the main side that an adapter calls. */
export type ParentOf<A> = A extends Adapter.Adapter<infer _, infer __, infer P> ? P : never

type IsAny<T> = 0 extends 1 & T ? true : false

/** What a caller passes for a parameter that the adapter declares as `T`. */
export type ArgumentOf<T> =
  IsAny<T> extends true
    ? T
    : T extends (...args: infer Args) => infer R
      ? [R] extends [PromiseLike<unknown> | void]
        ? Callback<(...args: Args) => Awaited<R>>
        : "A function of the main side answers later: let the parameter return a promise, or nothing"
      : T extends AsyncIterable<infer I>
        ? AsyncIterable<I> extends T
          ? Stream.Stream<I, unknown>
          : T
        : T

/** What a caller passes for the parameters `Args`. */
export type ArgumentsOf<Args extends ReadonlyArray<unknown>> = { [K in keyof Args]: ArgumentOf<Args[K]> }

type ItemOf<R> = R extends AsyncIterable<infer I> | Iterable<infer I> ? I : never

/**
 * What a call of a method that returns `R` is: generators stream, everything else is one value. `E` are the errors that
 * the actor declares.
 */
export type CallOf<R, E = never> =
  IsAny<R> extends true
    ? Effect.Effect<R, ActorError | E>
    : [R] extends [never]
      ? Effect.Effect<never, ActorError | E>
      : [R] extends [Generator<infer I, infer _, infer __> | AsyncGenerator<infer I, infer _, infer __>]
        ? Stream.Stream<I, ActorError | E>
        : Effect.Effect<Awaited<R>, ActorError | E>

/** A method as its callers see it. */
export type MethodOf<F, E = never> =
  F extends Adapter.Method<infer Run, infer Kind>
    ? Run extends (...args: infer Args) => infer R
      ? Kind extends "stream"
        ? (...args: ArgumentsOf<Args>) => Stream.Stream<ItemOf<R>, ActorError | E>
        : (...args: ArgumentsOf<Args>) => CallOf<R, E>
      : never
    : F extends (...args: infer Args) => infer R
      ? (...args: ArgumentsOf<Args>) => CallOf<R, E>
      : never

type MethodNames<M> = {
  [K in keyof M]: K extends string
    ? IsAny<M[K]> extends true
      ? K
      : M[K] extends Adapter.AnyFunction | Adapter.Method<Adapter.AnyFunction, "effect" | "stream">
        ? K
        : never
    : never
}[keyof M]

/** An adapter's methods as an actor offers them. */
export type Shape<A, E = never> = { readonly [K in MethodNames<MethodsOf<A>>]: MethodOf<MethodsOf<A>[K], E> }

/** The options of an actor: those of every actor, and those that the adapter's set-up wants. */
export type Options<A, E = never> = ActorOptions & {
  /**
   * A Schema of errors that methods throw. What is thrown and decodes fails the call with the decoded value, an
   * instance of your own class for example, in place of a `MethodError`.
   */
  readonly errors?: ErrorSchema<E>
} & (undefined extends SetupOptionsOf<A>
    ? { readonly options?: SetupOptionsOf<A> }
    : [SetupOptionsOf<A>] extends [void]
      ? { readonly options?: undefined }
      : { readonly options: SetupOptionsOf<A> }) &
  ([keyof ParentOf<A>] extends [never]
    ? { readonly parent?: undefined }
    : {
        /**
         * The functions that the adapter calls as `context.parent`. They run on the main side, with the services that
         * are there when the actor is built, and may return a value, a promise or an Effect. What still runs when the
         * worker ends is interrupted.
         */
        readonly parent: ParentFunctions<ParentOf<A>>
      })

/** Options that a layer may change. */
export type Overrides = Partial<Omit<ActorOptions, "adapter" | "export">>

/** The class of an actor: a service, and the layer that starts its workers. */
export interface ServiceClass<Self, Id extends string, A, E = never> extends Context.ServiceClass<
  Self,
  Id,
  Shape<A, E>
> {
  /**
   * Starts the workers, and is built when the first one is ready. Closing it drains running calls, then ends all
   * workers.
   */
  readonly layer: Layer.Layer<Self, BuildError, WorkerBackend>
  /** The same, with other options. */
  readonly layerWith: (overrides: Overrides) => Layer.Layer<Self, BuildError, WorkerBackend>
}

/**
 * Defines an actor as a service.
 *
 * The first pair of brackets takes the class itself and the type of the adapter, the second one a name and the options.
 */
export const Service =
  <Self, A extends Adapter.Any>(): (<const Id extends string, E = never>(
    id: Id,
    options: Options<A, E>
  ) => ServiceClass<Self, Id, A, E>) =>
  <const Id extends string, E = never>(id: Id, options: Options<A, E>): ServiceClass<Self, Id, A, E> => {
    const service = Context.Service<Self, Shape<A, E>>()(id)
    const layerWith = (overrides: Overrides): Layer.Layer<Self, BuildError, WorkerBackend> =>
      Layer.effect(service, start<A, E>(id, { ...options, ...overrides }))
    // the class gains what the interface adds to a service
    return Object.assign(service, { layer: layerWith({}), layerWith }) as unknown as ServiceClass<Self, Id, A, E>
  }

const start = <A extends Adapter.Any, E>(
  id: string,
  options: Options<A, E>
): Effect.Effect<Shape<A, E>, BuildError, Scope.Scope | WorkerBackend> =>
  // its methods are those of the manifest, which is the adapter's
  ActorHandle.start(id, options) as Effect.Effect<Shape<A, E>, BuildError, Scope.Scope | WorkerBackend>

/**
 * Starts an actor in the current scope, without a service.
 *
 * **Example** (An actor in a scope)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 * import * as Runtime from "troupe/runtime"
 * import type greeter from "./greeter.adapter.ts"
 *
 * const program = Effect.gen(function*() {
 *   const actor = yield* Actor.make<typeof greeter>("greeter", {
 *     adapter: new URL("./greeter.adapter.ts", import.meta.url),
 *     options: { greeting: "Hello" },
 *     size: 1
 *   })
 *   return yield* actor.greet("world")
 * }).pipe(Effect.scoped, Effect.provide(Runtime.layer))
 *
 * Effect.runPromise(program)
 * ```
 */
export const make = <A extends Adapter.Any, E = never>(
  name: string,
  options: Options<A, E>
): Effect.Effect<Shape<A, E>, BuildError, Scope.Scope | WorkerBackend> => start<A, E>(name, options)

/** A method of an actor, as its adapter describes it. */
export type MethodDescription = MethodInfo

/**
 * What an actor offers: its methods in the adapter's order, with their kind (`"effect"` or `"stream"`), description,
 * timeout and weight. Throws a `TypeError` when `actor` is not an actor.
 *
 * **Example** (Listing the methods)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 *
 * export const list = (actor: object) =>
 *   Effect.sync(() => Actor.describe(actor).map(({ name, kind }) => `${name}: ${kind}`))
 * ```
 */
export const describe = (actor: object): ReadonlyArray<MethodDescription> =>
  ActorHandle.poolOf(actor, "describe").manifest.methods

/**
 * Makes one call on every worker, and collects the results in the order of the workers: to warm caches, or to have each
 * worker reload something. `call` is what a method of an actor returns.
 *
 * On each worker the call has its turn among those that wait; a worker that is starting gets it when it is ready. Fails with the first failure, and then, or when interrupted, gives the other calls up: those that have
 * not started never will, those that run are asked to stop. A worker that dies before it has started the call leaves
 * it to its successor.
 *
 * **Example** (Warming every worker)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 *
 * declare const renderer: { readonly warm: (theme: string) => Effect.Effect<number> }
 *
 * export const warmed: Effect.Effect<ReadonlyArray<number>> = Actor.broadcast(renderer.warm("dark"))
 * ```
 */
export const broadcast = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<Array<A>, E, R> => {
  if (!ActorCall.isActorCall(call)) {
    return Effect.die(new TypeError("Cannot broadcast: expected a call of an actor, as its methods return it"))
  }
  const { args, method, target } = call
  return Effect.forEach(
    Array.from({ length: target.pool.size }).keys(),
    // the same method with the same arguments, and so of the same type
    (position) => ActorCall.effect(target, method, args, position) as Effect.Effect<A, E, R>,
    { concurrency: "unbounded" }
  )
}

/**
 * Says in plain words how many workers the actor has, and why. Throws a `TypeError` when `actor` is not an actor.
 *
 * **Example** (Why so many?)
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Actor } from "troupe"
 *
 * export const why = (actor: object) => Effect.log(Actor.explain(actor))
 * // 4 workers. render in production takes 0.5 of 8 cores ...
 * ```
 */
export const explain = (actor: object): string => {
  const { because, target } = ActorHandle.poolOf(actor, "explain")
  const { size } = target.pool
  return [`${size} worker${size === 1 ? "" : "s"}.`, ...because].join(" ")
}

/** An actor at one moment. */
export interface Stats extends Ledger {
  /** Calls that wait for a worker, suspended callers included. */
  readonly waiting: number
  /** Name of the worker profile: `"thread"` or `"inline"`. */
  readonly profile: string
  /** Workers that there are to be; there are fewer while some start. */
  readonly size: number
  readonly workers: ReadonlyArray<WorkerStats>
  /** Messages of workers that were refused as malformed, foreign or stale. */
  readonly refused: number
  /** Workers that were stopped and may still run. */
  readonly quarantined: number
}

/** Counts of what the actor has done, and what its workers hold now. Dies when `actor` is not an actor. */
export const stats = (actor: object): Effect.Effect<Stats> =>
  Effect.sync(() => {
    const { profile, quarantined, target } = ActorHandle.poolOf(actor, "read the stats of")
    const { ledger, refused, size, waiting, workers } = target.pool
    return { ...ledger, waiting, profile, size, workers, refused, quarantined: quarantined() }
  })

const withOptions =
  (change: (options: CallOptions) => CallOptions) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.updateService(self, CallOptions, change)

/**
 * Limits how long each call in `self` may take, from its submission on: the wait for a worker counts. The call fails
 * with `CallTimeout`; a method that runs is asked to stop, and its worker is replaced when it has not stopped within
 * the actor's grace time.
 *
 * Use `Infinity` to lift the limit of the method or of the actor.
 */
export const timeout: {
  (duration: Duration.Input): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, duration: Duration.Input): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, duration: Duration.Input): Effect.Effect<A, E, R> => {
  if (Number.isNaN(duration)) {
    return Effect.die(new RangeError("Cannot limit a call: expected a duration, received NaN"))
  }
  const timeout = Duration.toMillis(Duration.fromInputUnsafe(duration))
  return withOptions((options) => ({ ...options, timeout }))(self)
})

/**
 * Chooses what the interruption of a caller does to the methods that its calls in `self` run: ask them to stop
 * (`"cooperative"`), or also replace their worker when they have not stopped within the actor's grace time
 * (`"terminate"`).
 */
export const interruption: {
  (mode: "cooperative" | "terminate"): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, mode: "cooperative" | "terminate"): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, mode: "cooperative" | "terminate"): Effect.Effect<A, E, R> =>
  withOptions((options) => ({ ...options, interruption: mode }))(self)
)

/** Says what each call in `self` costs next to other calls. A finite positive number, 1 being usual. */
export const weight: {
  (weight: number): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, weight: number): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, weight: number): Effect.Effect<A, E, R> =>
  Number.isFinite(weight) && weight > 0
    ? withOptions((options) => ({ ...options, weight }))(self)
    : Effect.die(new RangeError(`Cannot weigh a call: expected a finite positive number, received ${weight}`))
)

/**
 * Serves each call in `self` before all that wait with a lower priority, and after those with a higher one. Any finite
 * number; 0 when nothing is said. Calls that were sent to a worker stay where they are. A steady stream of high
 * priorities starves the others.
 */
export const priority: {
  (priority: number): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, priority: number): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, priority: number): Effect.Effect<A, E, R> =>
  Number.isFinite(priority)
    ? withOptions((options) => ({ ...options, priority }))(self)
    : Effect.die(new RangeError(`Cannot rank a call: expected a finite number, received ${priority}`))
)

/**
 * Sends all calls of one `key` to one worker while that lives, in their order: for adapters that keep something per key,
 * such as a cache. When the worker dies its keys, and no others, go to other workers.
 */
export const affinity: {
  (key: string): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, key: string): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, key: string): Effect.Effect<A, E, R> =>
  withOptions((options) => ({ ...options, affinity: key }))(self)
)

/** Chooses how each call in `self` finds its worker, whatever the actor's own way is. */
export const routing: {
  (routing: Routing): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, routing: Routing): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, routing: Routing): Effect.Effect<A, E, R> =>
  routings.includes(routing)
    ? withOptions((options) => ({ ...options, routing }))(self)
    : Effect.die(new RangeError(`Cannot route a call: expected ${routings.join(", ")}, received ${String(routing)}`))
)

/**
 * Says that the calls in `self` are made on behalf of a running call, whose id the worker has told (`Adapter.call().id`).
 * When every slot of an actor is held by calls that wait for such calls, the call fails with `CallCycle` instead of
 * waiting for ever. Calls made by an adapter that runs inline are known without it.
 */
export const onBehalfOf: {
  (id: string): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, id: string): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, id: string): Effect.Effect<A, E, R> =>
  withOptions((options) => ({ ...options, onBehalfOf: id }))(self)
)
