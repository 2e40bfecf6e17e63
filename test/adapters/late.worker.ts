/** A worker that the test starts itself, whose adapter awaits something at its top level. */
import { serve } from "../../src/runtime/worker.ts"
import adapter from "./late.adapter.ts"

serve(adapter)
