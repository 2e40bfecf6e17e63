/**
 * The arguments of one call that stay on the main side: functions, which the method calls, and streams, which it reads.
 */
import { decode, isEncodedError } from "../wire/EncodedError.ts"
import * as Frame from "../wire/Frame.ts"
import { Asks, type SendAsk } from "./Asks.ts"
import { InputStream } from "./InputStream.ts"

export class LiveArguments {
  private readonly id: number
  private readonly asks: Asks
  private readonly streams = new Map<unknown, InputStream>()

  /** Of the call `id`. */
  constructor(id: number, send: SendAsk) {
    this.id = id
    this.asks = new Asks(send)
  }

  /** Puts functions and streams into `args` where `kinds`, pairs of an index and a kind, says so. */
  fill(args: Array<unknown>, kinds: ReadonlyArray<unknown>, want: (index: number, count: number) => void): void {
    for (let at = 0; at + 1 < kinds.length; at += 2) {
      const index = kinds[at]
      if (typeof index !== "number" || !(index in args)) continue
      if (kinds[at + 1] === Frame.Callable) {
        args[index] = (...values: Array<unknown>): Promise<unknown> => this.asks.ask(this.id, index, values)
      } else {
        const stream = new InputStream((count) => want(index, count))
        this.streams.set(index, stream)
        args[index] = stream
      }
    }
  }

  /** A function has answered. `false` when that is not so. */
  answer(ask: unknown, ok: unknown, value: unknown): boolean {
    return answer(this.asks, ask, ok, value)
  }

  /** Items of a stream have come. `false` when they were not wanted. */
  input(index: unknown, position: unknown, items: ReadonlyArray<unknown>): boolean {
    return this.streams.get(index)?.push(position, items) === true
  }

  /** A stream has ended or, with `error`, failed. `false` when there is none. */
  inputEnd(index: unknown, position: unknown, error: unknown): boolean {
    const failure = isEncodedError(error) ? { error: decode(error) } : undefined
    return this.streams.get(index)?.pushEnd(position, failure) === true
  }

  /** The call has ended or is to end: nothing is asked or read any more, and who waits learns `reason`. */
  close(reason: Error): void {
    this.asks.close(reason)
    for (const stream of this.streams.values()) stream.end({ error: reason })
  }
}

/** Takes an answer of the main side. `false` when it is none. */
export const answer = (asks: Asks, ask: unknown, ok: unknown, value: unknown): boolean => {
  if (ok === true) return asks.answer(ask, true, value)
  return ok === false && isEncodedError(value) && asks.answer(ask, false, decode(value))
}
