/**
 * Answers to what a worker asks: runs functions of the main side, and says what became of each.
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { findCulprit } from "../wire/Cloneable.ts"
import { encode } from "../wire/EncodedError.ts"
import { askWindow } from "../wire/Frame.ts"
import { CallOptions, none } from "./CallOptions.ts"
import type { Run } from "./Callback.ts"

/** Sends an answer. `false` when it cannot be cloned. */
export type SendAnswer = (ask: number, ok: boolean, value: unknown) => boolean

export class Answers {
  private readonly context: Context.Context<never>
  private readonly send: SendAnswer
  private readonly fibers = new Set<Fiber.Fiber<unknown, unknown>>()
  private closed = false

  /** Functions run with the services of `context`. */
  constructor(context: Context.Context<never>, send: SendAnswer) {
    this.context = context
    this.send = send
  }

  /**
   * Runs `f` and answers. What it calls is called on behalf of the call `id`. `false` when more is asked than may be:
   * then nothing is done.
   */
  run(ask: number, id: string | undefined, f: Run, args: Array<unknown>): boolean {
    // who has asked may have to learn of the end first
    if (this.closed) return true
    if (this.fibers.size >= askWindow) return false
    let reply: unknown
    try {
      reply = f(...args)
    } catch (error) {
      this.answer(ask, Exit.fail(error))
      return true
    }
    if (Effect.isEffect(reply)) {
      const effect = reply as Effect.Effect<unknown, unknown> // a callback's type asks for no services
      this.fork(
        ask,
        id === undefined ? effect : Effect.provideService(effect, CallOptions, { ...none, onBehalfOf: id })
      )
    } else if (typeof (reply as PromiseLike<unknown> | undefined)?.then === "function") {
      const promise = reply as PromiseLike<unknown> // has just been looked at
      this.fork(ask, Effect.tryPromise({ try: () => promise, catch: (error) => error }))
    } else this.answer(ask, Exit.succeed(reply))
    return true
  }

  private fork(ask: number, effect: Effect.Effect<unknown, unknown>): void {
    const fiber = Effect.runForkWith(this.context)(effect)
    this.fibers.add(fiber)
    fiber.addObserver((exit) => {
      this.fibers.delete(fiber)
      this.answer(ask, exit)
    })
  }

  private answer(ask: number, exit: Exit.Exit<unknown, unknown>): void {
    if (this.closed) return
    if (Exit.isFailure(exit)) {
      this.send(ask, false, encode(Cause.squash(exit.cause)))
      return
    }
    if (this.send(ask, true, exit.value)) return
    this.send(ask, false, encode(uncloneable("answer with", exit.value, "answer")))
  }

  /** Nobody waits for answers any more: what runs is interrupted. */
  close(): void {
    this.closed = true
    for (const fiber of this.fibers) fiber.interruptUnsafe()
  }
}

/** What is said of a `value`, found at `path`, that cannot go to a worker. */
export const uncloneable = (verb: string, value: unknown, path: string): TypeError => {
  const culprit = findCulprit(value, path)
  const { description } = culprit ?? { description: "a value that" }
  return new TypeError(`Cannot ${verb} ${culprit?.path ?? path}: ${description} cannot be cloned to another thread`)
}
