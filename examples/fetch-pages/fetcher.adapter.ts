/**
 * What a worker does: an address in, what is behind it out. It waits far more than it computes.
 */
import * as Adapter from "troupe/adapter"

export default Adapter.define({
  // calls share nothing, so they may overlap
  threadSafe: true,
  setup: () => ({
    fetch: async (url: string) => {
      const { signal } = Adapter.call()
      const response = await fetch(url, { signal })
      const text = await response.text()
      return { url, status: response.status, title: /<title>(.*?)<\/title>/.exec(text)?.[1] }
    }
  })
})
