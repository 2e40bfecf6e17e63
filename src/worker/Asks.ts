/**
 * Calls from a worker to functions of the main side: asked in order, answered in any.
 *
 * So many may be on their way; further ones wait here for their turn, so that the main side never holds more than it
 * can answer.
 */
import { askWindow } from "../wire/Frame.ts"

/** Sends a question of the call `id`, or 0. */
export type SendAsk = (id: number, ask: number, index: number, args: ReadonlyArray<unknown>) => void

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

export class Asks {
  private readonly send: SendAsk
  private readonly waiting = new Map<number, Waiting>()
  private readonly unsent: Array<() => void> = []
  private sent = 0
  private asked = 0
  private closed: { readonly reason: Error } | undefined

  constructor(send: SendAsk) {
    this.send = send
  }

  /** Calls the function `index` for the call `id`. Who does not wait for the answer need not handle its failure. */
  ask(id: number, index: number, args: ReadonlyArray<unknown>): Promise<unknown> {
    const ask = ++this.asked
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.closed === undefined) this.waiting.set(ask, { resolve, reject })
      else reject(this.closed.reason)
    })
    answer.catch(() => undefined)
    if (this.closed === undefined) {
      this.unsent.push(() => this.send(id, ask, index, args))
      this.pump()
    }
    return answer
  }

  private pump(): void {
    while (this.sent < askWindow) {
      const send = this.unsent.shift()
      if (send === undefined) return
      this.sent++
      send()
    }
  }

  /** An answer has come. `false` when nobody has asked. */
  answer(ask: unknown, ok: boolean, value: unknown): boolean {
    const waiting = typeof ask === "number" ? this.waiting.get(ask) : undefined
    if (waiting === undefined) return false
    this.waiting.delete(ask as number) // it was found by it
    this.sent--
    if (ok) waiting.resolve(value)
    else waiting.reject(value)
    this.pump()
    return true
  }

  /** No more is asked, and who waits for an answer gets none. */
  close(reason: Error): void {
    if (this.closed !== undefined) return
    this.closed = { reason }
    this.unsent.length = 0
    for (const { reject } of this.waiting.values()) reject(reason)
    this.waiting.clear()
  }
}
