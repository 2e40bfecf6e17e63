/**
 * The arguments of one call that stay on the main side: functions, which the method calls, and streams, which it reads.
 *
 * They belong to the call. When it settles, whatever of them still runs is interrupted.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as Cause from "effect/Cause"
import { encode } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import { Answers, uncloneable } from "./Answers.ts"
import { CallOptions, none } from "./CallOptions.ts"
import { functionOf, isCallback } from "./Callback.ts"
import type { WorkerLink } from "./WorkerLink.ts"

/** The call, as its live arguments see it. */
export interface Carrier {
  readonly id: number
  readonly link: WorkerLink | undefined
}

const isLive = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (isCallback(value) || Stream.isStream(value))

/** Are there any among `args`? */
export const someOf = (args: ReadonlyArray<unknown>): boolean => {
  for (const arg of args) if (isLive(arg)) return true
  return false
}

const within = (value: unknown, path: string, seen: Set<unknown>): string | undefined => {
  if (isLive(value)) return path
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined
  seen.add(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return undefined
  for (const [key, inside] of Object.entries(value)) {
    const found = within(inside, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, seen)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where a callback or a stream lies inside an argument, and so cannot stay on the main side. */
export const misplaced = (args: ReadonlyArray<unknown>): string | undefined => {
  try {
    return within(args, "args", new Set())
  } catch {
    // a getter that throws, or nesting deeper than the stack: whatever else is wrong is said
    return undefined
  }
}

export class LiveArguments {
  /** What is sent in their place: the other arguments, where they were. */
  readonly sent: ReadonlyArray<unknown>
  /** Which arguments are live, and of what kind: `[index, kind, ...]`. */
  readonly kinds: ReadonlyArray<number>
  private readonly args: ReadonlyArray<unknown>
  private readonly context: Context.Context<never>
  private readonly carrier: Carrier
  private readonly answers: Answers
  private readonly inputs = new Map<number, Input>()
  private closed = false

  /** Those among `args`, for the call `carrier`. They run with the services of `context`. */
  constructor(args: ReadonlyArray<unknown>, context: Context.Context<never>, carrier: Carrier) {
    this.args = args
    this.context = context
    this.carrier = carrier
    this.sent = args.map((arg) => (isLive(arg) ? undefined : arg))
    this.kinds = args.flatMap((arg, index) =>
      isLive(arg) ? [index, isCallback(arg) ? Frame.Callable : Frame.Readable] : []
    )
    this.answers = new Answers(
      context,
      (ask, ok, value) => carrier.link === undefined || carrier.link.tell(carrier.id, Frame.Answer, [ask, ok, value])
    )
  }

  /** The method calls the function `index`. `false` when there is none. */
  ask(ask: number, index: number, args: Array<unknown>): boolean {
    const callback = this.args[index]
    if (!isCallback(callback)) return false
    return this.answers.run(ask, onBehalfOf(this.carrier), functionOf(callback), args)
  }

  /** The method has room for `count` more items of the stream `index`; with 0, it reads no more. `false` when it may not. */
  want(index: number, count: number): boolean {
    const stream = this.args[index]
    if (!Stream.isStream(stream)) return false
    // the call has settled meanwhile
    if (this.closed) return true
    let input = this.inputs.get(index)
    if (input === undefined) {
      // the types of an actor ask for streams that need no services
      input = new Input(stream as Stream.Stream<unknown, unknown>, this.context, index, this.carrier)
      this.inputs.set(index, input)
    }
    return input.want(count)
  }

  /** The call has settled. */
  close(): void {
    this.closed = true
    this.answers.close()
    for (const input of this.inputs.values()) input.close()
  }
}

/** What is done for the call `carrier` may only wait for calls that it does not hold up. */
const onBehalfOf = ({ id, link }: Carrier): string => `${link?.incarnation}:${id}`

/** One stream on its way into a method. */
class Input {
  private readonly index: number
  private readonly carrier: Carrier
  private readonly fiber: Fiber.Fiber<void, unknown>
  private messages = 0
  private credit = 0
  private closed = false
  private wake: (() => void) | undefined

  constructor(
    stream: Stream.Stream<unknown, unknown>,
    context: Context.Context<never>,
    index: number,
    carrier: Carrier
  ) {
    this.index = index
    this.carrier = carrier
    const read = Stream.runForEachArray(stream, (items) => this.send(items, 0)).pipe(
      Effect.provideService(CallOptions, { ...none, onBehalfOf: onBehalfOf(carrier) })
    )
    this.fiber = Effect.runForkWith(context)(Effect.andThen(this.room, read))
    this.fiber.addObserver((exit) => this.end(exit))
  }

  /** `false` for more than a method may want at once. */
  want(count: number): boolean {
    if (count + this.credit > Frame.streamWindow) return false
    if (count === 0) this.close()
    this.credit += count
    const { wake } = this
    this.wake = undefined
    wake?.()
    return true
  }

  private readonly room: Effect.Effect<void> = Effect.suspend(() =>
    this.credit > 0
      ? Effect.void
      : Effect.callback<void>((resume) => {
          this.wake = () => resume(Effect.void)
        })
  )

  /** Sends what there is credit for, then the rest; done when there is room for more. */
  private send(items: ReadonlyArray<unknown>, from: number): Effect.Effect<void, Error> {
    return Effect.suspend(() => {
      if (from >= items.length) return this.room
      const some = items.slice(from, from + this.credit)
      if (!this.tell(Frame.Input, some)) {
        return Effect.fail(uncloneable("stream", some, `args[${this.index}]`))
      }
      this.credit -= some.length
      return Effect.andThen(this.room, this.send(items, from + some.length))
    })
  }

  private tell(code: number, values: ReadonlyArray<unknown>): boolean {
    const { id, link } = this.carrier
    if (link === undefined) return true
    const told = link.tell(id, code, [this.index, this.messages, ...values])
    if (told) this.messages++
    return told
  }

  private end(exit: Exit.Exit<void, unknown>): void {
    if (this.closed) return
    this.tell(Frame.InputEnd, Exit.isFailure(exit) ? [encode(Cause.squash(exit.cause))] : [])
  }

  /** Nobody reads any more. */
  close(): void {
    this.closed = true
    this.fiber.interruptUnsafe()
  }
}
