/**
 * What an actor is told when it is defined, and what is made of it.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { InvalidOption } from "./ActorError.ts"
import { type Order, orders, type Overflow } from "./Mailbox.ts"
import { type RestartPolicy, standard } from "./RestartPolicy.ts"
import { type Routing, routings } from "./Routing.ts"
import type { GivenWorker, ResourceLimits } from "./WorkerBackend.ts"
import type { Workload } from "./Workload.ts"

/** Options of every actor. Durations are milliseconds or Effect durations such as `"2 seconds"`. */
export interface ActorOptions {
  /**
   * Address of the module that holds the adapter. Or a function that makes a worker whose module calls `serve` of
   * `troupe/worker`: bundlers follow `() => new Worker(new URL("./my.worker.ts", import.meta.url))`, a `Worker` of
   * `node:worker_threads` or of the web.
   */
  readonly adapter: URL | string | (() => GivenWorker)
  /**
   * Loads the module that holds the adapter, for workers that are no threads, where `adapter` makes workers:
   * `() => import("./my.adapter.ts")`.
   */
  readonly module?: () => Promise<unknown>
  /** Name of the export, when the adapter is neither the default export nor the only adapter of the module. */
  readonly export?: string
  /** Workers, from 1 to 1024. Default: what the workload deserves in this environment on this machine. */
  readonly size?: number | undefined
  /**
   * Calls that may run at once in each worker, from 1 to 2048. More than 1 needs an adapter that is `threadSafe`.
   * Default: 1, and as many as the workload deserves where that is `io`, no size is given and the adapter is `threadSafe`.
   */
  readonly concurrency?: number | undefined
  /**
   * What kind of work it is: `"render"`, `"compile"`, `"io"`, or one with profiles of your own. It decides how many workers
   * there are, and which `Actor.forEach` is too small to be spread over them. Default: what `Workload.layer` says;
   * otherwise workers are counted as for `"render"`, and every `forEach` is spread.
   */
  readonly workload?: Workload | undefined
  /**
   * `"replicated"` (the default): every worker has a copy of the adapter's state, and copies may differ. `"single"`: one
   * worker, one call at a time, first come first served.
   */
  readonly state?: "replicated" | "single"
  /** Name of the workers; each adds its index. Default: the actor's name. */
  readonly name?: string
  /** Environment variables of the workers, on top of the main side's. Default: that environment itself, shared. */
  readonly env?: Readonly<Record<string, string>>
  /** Memory limits of each worker. */
  readonly resourceLimits?: ResourceLimits
  /** `"capture"` (the default) logs what workers print, labelled; `"inherit"` lets it through as it is. */
  readonly console?: "capture" | "inherit"
  /** Calls that may wait (default 4096), and whether callers beyond are suspended (the default) or fail. */
  readonly mailbox?: { readonly capacity?: number; readonly overflow?: Overflow }
  /**
   * Which of the calls that wait is served next. Default: `"fifo"`. `"heaviestFirst"` and `"lightestFirst"` go by weight,
   * and send no call before the turn that submits it is over. Whatever the order, a higher priority comes first.
   */
  readonly order?: Order
  /** Which of the workers that have room gets a call. Default: `"leastLoaded"`, where weight is load. */
  readonly routing?: Routing
  /** Time that a call may take, waiting included. Default: no limit. Streams have a limit only by their method. */
  readonly timeout?: Duration.Input
  /** What the interruption of a caller does to a running method. Default: `"cooperative"`. */
  readonly interruption?: "cooperative" | "terminate"
  /** Time between asking a method to stop and replacing its worker. Default: 1 second. */
  readonly grace?: Duration.Input
  /** Time that a worker has to become ready. Default: 10 seconds. */
  readonly startTimeout?: Duration.Input
  /** Time that running calls are given when the scope closes, and again each worker to dispose and end. Default: 5 seconds. */
  readonly shutdownTimeout?: Duration.Input
  /** How many deaths of workers are accepted in which time (default 3 in 5 seconds), and how fast they are replaced. */
  readonly restart?: {
    readonly intensity?: number
    readonly period?: Duration.Input
    readonly minBackoff?: Duration.Input
    readonly maxBackoff?: Duration.Input
  }
  /** Refuse runtimes that cannot stop a busy thread. Default: `false`; such a thread is quarantined. */
  readonly requireHardStop?: boolean
  /** Workers that may run on although they were stopped, before the actor is given up. Default: 8. */
  readonly maxQuarantined?: number
}

/** Options with every choice made. Times are milliseconds. */
export interface Resolved {
  readonly actor: string
  readonly adapter: string
  readonly make: (() => GivenWorker) | undefined
  readonly module: (() => Promise<unknown>) | undefined
  readonly export: string | undefined
  readonly size: number | undefined
  readonly concurrency: number | undefined
  readonly workload: Workload | undefined
  readonly name: string
  readonly env: Readonly<Record<string, string>> | undefined
  readonly resourceLimits: ResourceLimits | undefined
  readonly console: boolean
  readonly mailbox: { readonly capacity: number; readonly overflow: Overflow }
  readonly order: Order
  readonly routing: Routing
  readonly timeout: number | undefined
  readonly interruption: "cooperative" | "terminate"
  readonly grace: number
  readonly startTimeout: number
  readonly shutdownTimeout: number
  readonly restart: RestartPolicy
  readonly requireHardStop: boolean
  readonly maxQuarantined: number
}

/** Checks every option and fills in the defaults. */
export const resolve = (actor: string, options: ActorOptions): Effect.Effect<Resolved, InvalidOption> =>
  Effect.suspend(() => {
    const wrong: Array<InvalidOption> = []
    const refuse = (option: string, expected: string, received: unknown): void => {
      wrong.push(new InvalidOption({ actor, option, expected, received }))
    }
    const whole = (option: string, value: number | undefined, least: number, most: number): void => {
      if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return
      refuse(option, `a whole number from ${least} to ${most}`, value)
    }
    const millis = (option: string, input: Duration.Input | undefined, otherwise: number): number => {
      if (input === undefined) return otherwise
      const duration = Duration.fromInput(input)
      const isNumber = !Number.isNaN(input)
      if (isNumber && duration._tag === "Some" && Duration.toMillis(duration.value) >= 0) {
        return Duration.toMillis(duration.value)
      }
      refuse(option, "a duration that is not negative", input)
      return otherwise
    }
    const oneOf = (option: string, value: string | undefined, choices: ReadonlyArray<string>): void => {
      if (value !== undefined && !choices.includes(value))
        refuse(option, choices.map((c) => `"${c}"`).join(" or "), value)
    }
    const make = typeof options.adapter === "function" ? options.adapter : undefined
    const href = (): string => {
      if (typeof options.adapter === "function") return "its own factory"
      try {
        return new URL(options.adapter).href
      } catch {
        refuse("adapter", 'a URL such as new URL("./my.adapter.ts", import.meta.url)', options.adapter)
        return ""
      }
    }

    whole("size", options.size, 1, 1024)
    whole("concurrency", options.concurrency, 1, 2048)
    whole("mailbox.capacity", options.mailbox?.capacity, 1, 2 ** 31)
    whole("restart.intensity", options.restart?.intensity, 0, 2 ** 31)
    whole("maxQuarantined", options.maxQuarantined, 0, 1024)
    if (make !== undefined && options.env !== undefined) refuse("env", "nothing, because its factory says", options.env)
    if (make !== undefined && options.resourceLimits !== undefined)
      refuse("resourceLimits", "nothing, because its factory says", options.resourceLimits)
    if (options.module !== undefined && typeof options.module !== "function")
      refuse("module", "a function such as () => import(...)", options.module)
    oneOf("state", options.state, ["replicated", "single"])
    oneOf("console", options.console, ["capture", "inherit"])
    oneOf("interruption", options.interruption, ["cooperative", "terminate"])
    oneOf("order", options.order, orders)
    oneOf("routing", options.routing, routings)
    oneOf("mailbox.overflow", options.mailbox?.overflow, ["suspend", "fail"])
    const single = options.state === "single"
    if (single && (options.size ?? 1) !== 1) refuse("size", '1 where state is "single"', options.size)
    if (single && (options.concurrency ?? 1) !== 1)
      refuse("concurrency", '1 where state is "single"', options.concurrency)

    const resolved: Resolved = {
      actor,
      adapter: href(),
      make,
      module: options.module,
      export: options.export,
      size: single ? 1 : options.size,
      concurrency: single ? 1 : options.concurrency,
      workload: options.workload,
      name: options.name ?? actor,
      env: options.env,
      resourceLimits: options.resourceLimits,
      console: options.console !== "inherit",
      mailbox: {
        capacity: options.mailbox?.capacity ?? 4096,
        overflow: options.mailbox?.overflow ?? "suspend"
      },
      order: options.order ?? "fifo",
      routing: options.routing ?? "leastLoaded",
      timeout: options.timeout === undefined ? undefined : millis("timeout", options.timeout, 0),
      interruption: options.interruption ?? "cooperative",
      grace: millis("grace", options.grace, 1000),
      startTimeout: millis("startTimeout", options.startTimeout, 10_000),
      shutdownTimeout: millis("shutdownTimeout", options.shutdownTimeout, 5000),
      restart: {
        intensity: options.restart?.intensity ?? standard.intensity,
        period: millis("restart.period", options.restart?.period, standard.period),
        minBackoff: millis("restart.minBackoff", options.restart?.minBackoff, standard.minBackoff),
        maxBackoff: millis("restart.maxBackoff", options.restart?.maxBackoff, standard.maxBackoff)
      },
      requireHardStop: options.requireHardStop === true,
      maxQuarantined: options.maxQuarantined ?? 8
    }
    const [first] = wrong
    return first === undefined ? Effect.succeed(resolved) : Effect.fail(first)
  })
