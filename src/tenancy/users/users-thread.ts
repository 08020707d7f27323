import { readFile } from 'node:fs/promises'
import { answerCalls } from '../../threads/answer-calls.ts'
import { buffersOf } from './packed-users.ts'
import { judgeUsers, type UsersVersion, unreadableUsers } from './users-version.ts'

export interface UsersRequest {
  readonly path: string
  readonly seenBefore: string | undefined
}

answerCalls<UsersRequest, UsersVersion>(
  ({ path, seenBefore }) =>
    readFile(path).then(
      (text) => judgeUsers(text, seenBefore),
      (error: unknown) => unreadableUsers(error, seenBefore),
    ),
  (version) => (version.type === 'users' ? buffersOf(version.users) : []),
)
