/**
 * A priority queue: a binary heap.
 *
 * Williams, J. W. J. (1964). Algorithm 232: Heapsort. Communications of the ACM 7 (6).
 */

/** What comes first is decided by `before`, which has to be a strict order. `push` and `pop` take O(log n) steps. */
export class WorkQueue<A> {
  private readonly before: (a: A, b: A) => boolean
  private heap: Array<A> = []

  constructor(before: (a: A, b: A) => boolean) {
    this.before = before
  }

  get size(): number {
    return this.heap.length
  }

  /** The first one, which stays. */
  peek(): A | undefined {
    return this.heap[0]
  }

  push(value: A): void {
    const { before, heap } = this
    let at = heap.length
    heap.push(value)
    while (at > 0) {
      const parent = (at - 1) >> 1
      // inside the heap, by its shape
      const above = heap[parent] as A
      if (!before(value, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = value
  }

  /** Takes the first one. */
  pop(): A | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.sink(last)
    return first
  }

  /** Puts `value` at the top and lets it sink to its place. */
  private sink(value: A): void {
    const { before, heap } = this
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      // both inside the heap, by its shape and the check
      if (child + 1 < heap.length && before(heap[child + 1] as A, heap[child] as A)) child++
      const below = heap[child] as A
      if (!before(below, value)) break
      heap[at] = below
      at = child
    }
    heap[at] = value
  }

  /** Takes all, in no order. */
  clear(): Array<A> {
    const { heap } = this
    this.heap = []
    return heap
  }
}
