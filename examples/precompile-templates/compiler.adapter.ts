/**
 * What a worker does: a Nunjucks template in, JavaScript out.
 */
import nunjucks from "nunjucks"
import * as Adapter from "troupe/adapter"

/** A template, by its path inside the folder that is compiled. */
export interface Template {
  readonly file: string
  readonly source: string
}

export default Adapter.define({
  threadSafe: true,
  setup: () => {
    const environment = new nunjucks.Environment([])
    return {
      precompile: ({ file, source }: Template) => nunjucks.precompileString(source, { name: file, env: environment })
    }
  }
})
