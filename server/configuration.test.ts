/** Settings from flags, environment and defaults; and the page that describes them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  ConfigurationError,
  describeConfiguration,
  flagOf,
  readConfiguration,
  SETTINGS,
  type SettingName,
  variableOf,
} from './configuration.ts';

const names = Object.keys(SETTINGS) as SettingName[];

describe('the configuration', () => {
  it('takes a flag before the environment, and the environment before the default', () => {
    assert.equal(readConfiguration({}, {}).port, 8080);
    assert.equal(readConfiguration({}, { HOGA_PORT: '9000' }).port, 9000);
    assert.equal(readConfiguration({ port: '9001' }, { HOGA_PORT: '9000' }).port, 9001);
  });

  it('names the flag or variable, the value and what is allowed', () => {
    assert.throws(() => readConfiguration({ port: '65536' }, {}), {
      name: 'ConfigurationError',
      message: '--port: "65536" is not allowed; allowed: a whole number from 0 to 65535',
    });
    const strategies = 'layout, busy-spin, spin-then-park, park';
    assert.throws(() => readConfiguration({}, { HOGA_WAIT_STRATEGY: 'nap' }), {
      message: `HOGA_WAIT_STRATEGY: "nap" is not allowed; allowed: ${strategies}`,
    });
    for (const value of ['', '-1', '1.5', 'ten', '1e3', ' 1']) {
      assert.throws(() => readConfiguration({ maxAccounts: value }, {}), ConfigurationError);
    }
  });

  it('refuses a ring that is no power of two, or too small for the largest body', () => {
    assert.throws(
      () => readConfiguration({ eventRingBytes: '33554433' }, {}),
      /--event-ring-bytes.*a power of two/,
    );
    assert.throws(
      () => readConfiguration({ commandRingBytes: '1048576' }, {}),
      /--command-ring-bytes.*at least 2359296/,
    );
  });

  it('never shows a password', () => {
    const url = 'postgres://hoga:very-secret@db.example:5432/hoga';
    const shown = JSON.stringify(
      describeConfiguration(readConfiguration({ databaseUrl: url }, {})),
    );
    assert.ok(!shown.includes('very-secret'), shown);
    assert.ok(shown.includes('postgres://hoga:***@db.example:5432/hoga'), shown);
  });

  it('is described in docs/operations.md, setting by setting', () => {
    const page = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
    for (const name of names) {
      const value = SETTINGS[name].default === '' ? '' : `\`${SETTINGS[name].default}\``;
      const names = `\`${flagOf(name)}\` | \`${variableOf(name)}\``;
      const row = `| ${names} | ${value} | ${SETTINGS[name].about} |`;
      assert.ok(page.includes(row), `docs/operations.md lacks the row\n${row}`);
    }
  });
});
