import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('the demo shows every step and ends well', { skip: process.platform === 'win32' }, () => {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/demo.mjs'], { encoding: 'utf8', timeout: 120_000 })
  assert.equal(status, 0, stdout)
  for (const step of ['sign', 'curl', 'presign', 'explain', 'verify'])
    assert.match(stdout, new RegExp(`^\\$ .*${step}`, 'm'))
})
