/** A worker that the test starts itself, as a bundler's user does. */
import { serve } from "../../src/runtime/worker.ts"
import adapter from "./probe.adapter.ts"

serve(adapter)
