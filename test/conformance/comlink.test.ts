import { suite } from "./suite.ts"
import { comlink } from "./target.ts"

suite(comlink)
