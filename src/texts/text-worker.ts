import { answerCalls } from '../threads/answer-calls.ts'
import type { TextJob, TextResult } from './text-jobs.ts'
import { textWork, transferred } from './text-work.ts'

answerCalls<TextJob, TextResult>(textWork, transferred)
