import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { type FileSettings, profileNames, sharedFilesOf } from '../credentials/shared-files.ts'
import { exitCodes, usageError } from '../errors.ts'
import { knownRegions } from '../request/partition.ts'
import { knownServices } from '../request/service-names.ts'
import { setAction } from './action.ts'
import type { Question } from './candidates/s3.ts'

type Answer = (question: Question, context: Context) => readonly string[] | Promise<readonly string[]>

const answers: Readonly<Record<string, Answer>> = {
  region: () => knownRegions(),
  service: () => knownServices(),
  profile: (_question, context) => profiles(context).map(({ name }) => name),
  role: (_question, context) => settingOfProfiles('role_arn', context),
  s3: async (question, context) => (await import('./candidates/s3.ts')).s3Candidates(question, context),
  bucket: async (question, context) => (await import('./candidates/s3.ts')).bucketCandidates(question, context),
  'mfa-serial': (_question, context) => settingOfProfiles('mfa_serial', context),
}

/** Adds the words of `candidates`, which only the completion scripts call. */
export function registerCandidates(command: Command, context: Context): void {
  command.argument('<kind>').argument('<word>').argument('[words...]')
  setAction(command, async ([kind = '', word = '', ...words]) => runCandidates(kind, { word, words }, context))
}

/** Prints each candidate, ended by NUL: names may hold any other character. */
async function runCandidates(kind: string, question: Question, context: Context): Promise<number> {
  const answer = Object.hasOwn(answers, kind) ? answers[kind] : undefined
  if (!answer) throw usageError(`no candidates of kind '${kind}'`)
  const candidates = await answer(question, context)
  await context.stdout.write(candidates.map((candidate) => `${candidate}\0`).join(''))
  return exitCodes.done
}

function profiles(context: Context): readonly { readonly name: string; readonly settings: FileSettings }[] {
  const files = sharedFilesOf(context)
  return profileNames(files).flatMap((name) => files.profiles.get(name) ?? [])
}

function settingOfProfiles(setting: string, context: Context): readonly string[] {
  const values = profiles(context).flatMap(({ settings }) => settings.get(setting)?.value ?? [])
  return [...new Set(values)]
}
