import type { ListEntry } from '../../s3/list-page.ts'

export type MemberValue = string | number | boolean | readonly string[] | Readonly<Record<string, unknown>>

/** An entry's members by the names that `aws s3api` gives them, in its order; those that the service did not say are left out. */
export function membersOf(entry: ListEntry): readonly (readonly [name: string, value: MemberValue])[] {
  if (entry.kind === 'prefix') return [['Prefix', entry.key]]
  const { owner, restoreStatus } = entry
  const members: readonly (readonly [name: string, value: MemberValue | undefined])[] = [
    ['Key', entry.key],
    ['VersionId', entry.versionId],
    ['IsLatest', entry.isLatest],
    ['LastModified', entry.lastModified],
    ['ETag', entry.eTag],
    ['ChecksumAlgorithm', entry.checksumAlgorithm],
    ['ChecksumType', entry.checksumType],
    ['Size', entry.size],
    ['StorageClass', entry.storageClass],
    ['Owner', owner && present({ DisplayName: owner.displayName, ID: owner.id })],
    [
      'RestoreStatus',
      restoreStatus &&
        present({
          IsRestoreInProgress: restoreStatus.isRestoreInProgress,
          RestoreExpiryDate: restoreStatus.restoreExpiryDate,
        }),
    ],
  ]
  return members.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
