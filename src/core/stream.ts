/**
 * One call per element of a stream: bounded, in order or as completed.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { dual } from "effect/Function"
import type * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { asResult } from "./forEach.ts"
import { Runs } from "./Runs.ts"

/** How outputs are ordered, how failures are treated, and how far the input is read ahead. */
export interface StreamOptions<Mode extends "fail" | "result" = "fail"> {
  /** `"input"` (the default): outputs in the order of their inputs. `"completion"`: each as soon as it is there. */
  readonly order?: "input" | "completion"
  /** `"fail"` (the default): the first failure ends the stream. `"result"`: every input gets a `Result`. */
  readonly mode?: Mode
  /** Inputs that were read and whose outputs were not yet taken; the rest is not read. Default: 256. */
  readonly inFlight?: number
}

/** Elements of what {@link stream} makes. */
export type Output<A, E, Mode extends "fail" | "result"> = Mode extends "result" ? Result.Result<A, E> : A

/**
 * Runs `f` for every element of a stream.
 *
 * When `f` returns a plain call of an actor, it is submitted without a fiber of its own. No more than `inFlight`
 * elements are under way or wait to be taken, so a slow consumer stops the workers and the input alike.
 *
 * Outputs that are ready are handed on before a failure, of `f` or of the input, is. **Interruption.** When the stream
 * ends early, whatever the reason, calls that have not started never will, and those that run are asked to stop; the
 * input is closed.
 *
 * **Example** (Rendering pages as they come)
 *
 * ```ts
 * import { type Effect, Stream } from "effect"
 * import { Actor } from "troupe"
 *
 * declare const renderer: { readonly render: (page: string) => Effect.Effect<string> }
 * declare const pages: Stream.Stream<string>
 *
 * export const rendered: Stream.Stream<string> = pages.pipe(
 *   Actor.stream((page) => renderer.render(page), { order: "completion", inFlight: 16 })
 * )
 * ```
 */
export const stream: {
  <I, A, E2, R2, Mode extends "fail" | "result" = "fail">(
    f: (input: I, index: number) => Effect.Effect<A, E2, R2>,
    options?: StreamOptions<Mode>
  ): <E, R>(
    inputs: Stream.Stream<I, E, R>
  ) => Stream.Stream<Output<A, E2, Mode>, Mode extends "result" ? E : E | E2, R | R2>
  <I, E, R, A, E2, R2, Mode extends "fail" | "result" = "fail">(
    inputs: Stream.Stream<I, E, R>,
    f: (input: I, index: number) => Effect.Effect<A, E2, R2>,
    options?: StreamOptions<Mode>
  ): Stream.Stream<Output<A, E2, Mode>, Mode extends "result" ? E : E | E2, R | R2>
} = dual(
  (args) => Stream.isStream(args[0]),
  <I, E, R, A, E2, R2>(
    inputs: Stream.Stream<I, E, R>,
    f: (input: I, index: number) => Effect.Effect<A, E2, R2>,
    options?: StreamOptions<"fail" | "result">
  ): Stream.Stream<unknown, E | E2, R | R2> => {
    const inFlight = options?.inFlight ?? 256
    if (!(inFlight >= 1)) {
      return Stream.die(new RangeError(`Cannot read ahead: expected an inFlight of at least 1, received ${inFlight}`))
    }
    return Stream.unwrap(
      Effect.gen(function* () {
        const caller = yield* Effect.withFiber<Fiber.Fiber<unknown, unknown>, never, R2>((fiber) =>
          Effect.succeed(fiber)
        )
        const flow = new Flow<A, E, E2, R2>(caller, inFlight, options?.order ?? "input", options?.mode === "result")
        yield* Effect.addFinalizer(() => flow.stop())
        const pull = yield* Stream.toPull(inputs)
        const read = Effect.flatMap(pull, (chunk) =>
          Effect.forEach(chunk, (input) => flow.start((index) => f(input, index)), { discard: true })
        )
        yield* Effect.forkScoped(Effect.onExit(Effect.forever(read), (exit) => Effect.sync(() => flow.end(exit))))
        return Stream.fromPull(Effect.succeed(flow.pull))
      })
    )
  }
)

/** What is between the input and the consumer. */
class Flow<A, E, E2, R2> {
  private readonly runs: Runs<A, E2, R2>
  private readonly inFlight: number
  private readonly order: "input" | "completion"
  private readonly asResults: boolean
  /** Outputs from the next one to take on; those not there yet are `undefined` where the order is that of the input. */
  private outputs: Array<{ readonly value: unknown } | undefined> = []
  private started = 0
  private taken = 0
  private failure: Cause.Cause<E | E2> | undefined
  private inputEnded: Exit.Exit<never, E | Cause.Done> | undefined
  private over = false
  private wakeConsumer: (() => void) | undefined
  private wakeReader: (() => void) | undefined

  constructor(
    caller: Fiber.Fiber<unknown, unknown>,
    inFlight: number,
    order: "input" | "completion",
    asResults: boolean
  ) {
    this.runs = new Runs(caller)
    this.inFlight = inFlight
    this.order = order
    this.asResults = asResults
  }

  /** Starts one run, once there is room for its output. */
  start(run: (index: number) => Effect.Effect<A, E2, R2>): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.started - this.taken >= this.inFlight) return Effect.andThen(this.room, this.start(run))
      const effect = run(this.started)
      const index = this.started++
      if (this.order === "input") this.outputs.push(undefined)
      this.runs.start(effect, (exit) => this.settle(index, exit))
      return Effect.void
    })
  }

  private readonly room = Effect.callback<void>((resume) => {
    this.wakeReader = () => resume(Effect.void)
  })

  private settle(index: number, exit: Exit.Exit<A, E2>): void {
    if (this.over || this.failure !== undefined) return
    const outcome: Exit.Exit<unknown, E2> = this.asResults ? asResult(exit) : exit
    if (Exit.isFailure(outcome)) this.failure = outcome.cause
    else if (this.order === "input") this.outputs[index - this.taken] = { value: outcome.value }
    else this.outputs.push({ value: outcome.value })
    this.wake()
  }

  /** The input has ended, or failed, or cannot go on. */
  end(exit: Exit.Exit<never, E | Cause.Done>): void {
    this.inputEnded = exit
    this.wake()
  }

  private wake(): void {
    const { wakeConsumer } = this
    this.wakeConsumer = undefined
    wakeConsumer?.()
  }

  private take(): Array<unknown> {
    const gap = this.outputs.indexOf(undefined)
    const ready = this.outputs.splice(0, gap < 0 ? this.outputs.length : gap)
    this.taken += ready.length
    const { wakeReader } = this
    this.wakeReader = undefined
    wakeReader?.()
    return ready.map((output) => output?.value)
  }

  readonly pull: Effect.Effect<readonly [unknown, ...Array<unknown>], E | E2 | Cause.Done> = Effect.suspend(() => {
    const ready = this.take()
    const [first, ...rest] = ready
    if (ready.length > 0) return Effect.succeed([first, ...rest] as const)
    if (this.failure !== undefined) return Effect.failCause(this.failure)
    if (this.inputEnded !== undefined && this.taken === this.started) return this.inputEnded
    return Effect.flatMap(this.output, () => this.pull)
  })

  private readonly output = Effect.callback<void>((resume) => {
    this.wakeConsumer = () => resume(Effect.void)
  })

  /** Nobody takes outputs any more. */
  stop(): Effect.Effect<void> {
    this.over = true
    return this.runs.stop()
  }
}
