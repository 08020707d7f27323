import bcrypt from 'bcryptjs'
import { answerCalls } from '../../threads/answer-calls.ts'

/** Whether a password matches, or the hash of one. */
export type Outcome = boolean | string
export type Question =
  | { readonly password: string; readonly hash: string }
  | { readonly password: string; readonly cost: number }

answerCalls<Question, Outcome>((question) =>
  'hash' in question
    ? bcrypt.compareSync(question.password, question.hash)
    : bcrypt.hashSync(question.password, question.cost),
)
