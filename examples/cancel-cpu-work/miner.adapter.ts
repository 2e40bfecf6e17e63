import { createHash } from "node:crypto"
import * as Adapter from "troupe/adapter"

/** Words of memory that the program shares with its workers. */
export const attempts = 0

export default Adapter.define({
  setup: () => ({
    /** Looks for a number whose hash begins with so many zeros. A loop that lets no message in, and yet can be stopped. */
    mine: (text: string, zeros: number, counts: Int32Array) => {
      const call = Adapter.call()
      const wanted = "0".repeat(zeros)
      for (let nonce = 0; !call.cancelled(); nonce++) {
        Atomics.add(counts, attempts, 1)
        const hash = createHash("sha256").update(`${text} ${nonce}`).digest("hex")
        if (hash.startsWith(wanted)) return { nonce, hash }
      }
      return undefined
    }
  })
})
