/**
 * A stream of the main side as an argument: what the method gets is an async iterable.
 *
 * Nothing is read on the main side before the method asks for the first item, and never more than a window ahead. It is
 * read once, as a generator is: a second loop goes on where the first one stopped.
 */
import { streamWindow } from "../wire/Frame.ts"
import { InOrder } from "../wire/InOrder.ts"

interface Reader {
  readonly resolve: (result: IteratorResult<unknown, undefined>) => void
  readonly reject: (error: unknown) => void
}

const done: IteratorResult<unknown, undefined> = { done: true, value: undefined }

interface Failure {
  readonly error: unknown
}

export class InputStream implements AsyncIterableIterator<unknown, undefined> {
  private readonly want: (count: number) => void
  private readonly inOrder: InOrder<() => void> = new InOrder((message) => message())
  private items: Array<unknown> = []
  private readonly readers: Array<Reader> = []
  private wanted = 0
  private failure: Failure | undefined
  private ended = false

  /** `want` gives the main side credit for more items; 0 tells that no more are read. */
  constructor(want: (count: number) => void) {
    this.want = want
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      this.readers.push({ resolve, reject })
      this.serve()
      this.order()
    })
  }

  /** The method reads no more. */
  return(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.ended) this.want(0)
    this.items = []
    this.end()
    return Promise.resolve(done)
  }

  /** Keeps the main side ahead of the method, by a half of the window at least. */
  private order(): void {
    const ahead = this.wanted + this.items.length
    if (this.ended || ahead > streamWindow / 2) return
    const count = streamWindow - ahead
    this.wanted += count
    this.want(count)
  }

  /** Items have come. `false` when they are more than were wanted. */
  push(position: unknown, items: ReadonlyArray<unknown>): boolean {
    if (items.length > this.wanted) return false
    const taken = this.inOrder.take(position, () => {
      if (!this.ended) for (const item of items) this.items.push(item)
      this.serve()
    })
    if (taken) this.wanted -= items.length
    return taken
  }

  /** The main side has said that nothing more comes. `false` when that makes no sense. */
  pushEnd(position: unknown, failure: Failure | undefined): boolean {
    return this.inOrder.take(position, () => this.end(failure))
  }

  /** Nothing more comes, because the stream has ended or, with an `error`, has failed. */
  end(failure?: Failure): void {
    if (this.ended) return
    this.ended = true
    this.failure = failure
    this.serve()
  }

  private serve(): void {
    while (this.readers.length > 0 && (this.items.length > 0 || this.ended)) {
      // the loop's condition has checked that there is one
      const { reject, resolve } = this.readers.shift() as Reader
      if (this.items.length > 0) resolve({ done: false, value: this.items.shift() })
      else if (this.failure === undefined) resolve(done)
      else {
        // told once, as by a generator that has thrown
        reject(this.failure.error)
        this.failure = undefined
      }
    }
  }
}
