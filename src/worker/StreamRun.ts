/**
 * One running stream: pulls the method's iterator while the consumer has given credit, and runs its `finally` before it
 * gives up the slot.
 */
import { encode } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import type { Ambient, RunningCall } from "./Call.ts"

export interface StreamEvents {
  readonly item: (item: unknown, position: number) => void
  /** Nothing more for now: what was sent so far should leave. */
  readonly pause: () => void
  /** Settled, after the iterator's `finally`. */
  readonly end: (code: number, values: ReadonlyArray<unknown>) => void
}

type Step = IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>

interface AnyIterator {
  next(): Step
  return?(): Step
}

const isThenable = (step: Step): step is PromiseLike<IteratorResult<unknown>> =>
  // read as a method that may be missing
  typeof (step as { readonly then?: unknown } | null)?.then === "function"

const iteratorOf = (source: unknown): AnyIterator => {
  if (typeof source === "object" && source !== null) {
    // looked up as methods that may be missing; what they return is used as an iterator by the language's own contract
    const from = source as { [Symbol.asyncIterator]?: () => AnyIterator; [Symbol.iterator]?: () => AnyIterator }
    const make = from[Symbol.asyncIterator] ?? from[Symbol.iterator]
    if (typeof make === "function") return make.call(source)
  }
  throw new TypeError(`Cannot stream what the method returned: expected an iterable, received ${typeof source}`)
}

export class StreamRun {
  private readonly source: unknown
  private readonly call: RunningCall
  private readonly ambient: Ambient
  private readonly events: StreamEvents
  private iterator: AnyIterator | undefined
  private items = 0
  /** Why an item cannot reach the main side. */
  private refusal: readonly [path: string, description: string] | undefined
  private remaining = Frame.streamWindow
  private pulling = false
  private cancelled = false
  private finishing = false
  private ended = false

  constructor(source: unknown, call: RunningCall, ambient: Ambient, events: StreamEvents) {
    this.source = source
    this.call = call
    this.ambient = ambient
    this.events = events
  }

  start(): void {
    try {
      this.iterator = iteratorOf(this.source)
    } catch (error) {
      this.end(Frame.Failed, [encode(error)])
      return
    }
    this.pull()
  }

  /** The consumer has room for `count` more items. */
  credit(count: number): void {
    if (count <= 0) return
    this.remaining = Math.min(this.remaining + count, Frame.streamWindow)
    this.pull()
  }

  /** An item cannot reach the main side, so the stream has failed: runs the iterator's `finally`, then ends. */
  refuse(path: string, description: string): void {
    this.refusal ??= [path, description]
    this.cancel()
  }

  /** Nobody wants more: runs the iterator's `finally`, then ends. */
  cancel(): void {
    if (this.cancelled || this.ended) return
    this.cancelled = true
    // a generator queues `return` behind the step that runs; another iterator may need it to end that step
    if (!this.pulling || this.isAsync()) this.finish()
  }

  private isAsync(): boolean {
    return typeof this.iterator === "object" && Symbol.asyncIterator in this.iterator
  }

  private enter(entry: (() => Step) | undefined): Step {
    if (entry === undefined) return { done: true, value: undefined }
    return this.ambient.run(this.call, entry, this.iterator, []) as Step // an entry returns what it declares
  }

  private pull(): void {
    if (this.pulling) return
    this.pulling = true
    try {
      while (this.remaining > 0 && !this.cancelled && !this.ended) {
        const step = this.enter(this.iterator?.next)
        if (isThenable(step)) {
          step.then(
            (step) => {
              this.pulling = false
              this.take(step)
              this.pull()
            },
            (error) => this.fail(error)
          )
          this.events.pause()
          return
        }
        this.take(step)
        if (this.call.cancelled()) this.cancelled = true
      }
    } catch (error) {
      this.fail(error)
      return
    }
    this.pulling = false
    if (this.cancelled && !this.ended) this.finish()
    else if (!this.ended) this.events.pause()
  }

  private take(step: IteratorResult<unknown>): void {
    if (this.ended) return
    if (step.done === true) {
      if (this.cancelled) this.stop()
      else this.end(Frame.Succeeded, [this.items])
    } else if (!this.cancelled) {
      this.remaining--
      this.events.item(step.value, this.items++)
    }
  }

  private finish(): void {
    if (this.finishing) return
    this.finishing = true
    try {
      const step = this.enter(this.iterator?.return)
      if (isThenable(step)) {
        const stop = (): void => this.stop()
        step.then(stop, stop)
      } else this.stop()
    } catch {
      // nobody waits for the stream any more, so nobody can be told
      this.stop()
    }
  }

  private fail(error: unknown): void {
    this.pulling = false
    if (this.cancelled) this.stop()
    else this.end(Frame.Failed, [encode(error)])
  }

  /** Ends before the iterator is at its end. */
  private stop(): void {
    if (this.refusal === undefined) this.end(Frame.Ended, [])
    else this.end(Frame.Unserializable, this.refusal)
  }

  private end(code: number, values: ReadonlyArray<unknown>): void {
    if (this.ended) return
    this.ended = true
    this.events.end(code, values)
  }
}
