/** `hoga start`: the whole system, until SIGINT or SIGTERM. */
import { type Command, Option } from 'commander';
import {
  allowedOf,
  ConfigurationError,
  describeConfiguration,
  flagOf,
  readConfiguration,
  SETTINGS,
  type SettingName,
  variableOf,
} from '../configuration.ts';
import { createLogger, type Logger } from '../log.ts';
import { Supervisor } from '../supervisor.ts';

/** Exit codes: 1 a thread died, 2 the configuration or the surroundings do not allow a start. */
const EXIT_DIED = 1;
const EXIT_CANNOT_START = 2;

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('Runs the exchange until it is told to stop.');
  for (const name of Object.keys(SETTINGS) as SettingName[]) command.addOption(optionOf(name));
  command.action(run);
}

function optionOf(name: SettingName): Option {
  const setting = SETTINGS[name];
  const flags = setting.kind === 'flag' ? flagOf(name) : `${flagOf(name)} <${setting.kind}>`;
  const byDefault = setting.default === '' ? '' : `; default ${setting.default}`;
  return new Option(
    flags,
    `${setting.about} (${variableOf(name)}: ${allowedOf(name)}${byDefault})`,
  );
}

async function run(flags: Record<string, string | boolean | undefined>): Promise<void> {
  let log: Logger = createLogger('auto');
  let supervisor: Supervisor | undefined;
  try {
    const configuration = readConfiguration(flags, process.env);
    log = createLogger(configuration.logFormat);
    log.info(describeConfiguration(configuration), 'configuration');
    supervisor = new Supervisor(configuration, log);
    stopAtSignals(supervisor, log);
    const startMs = performance.now();
    const failed = supervisor.failure.then((reason) => Promise.reject(new Error(reason)));
    const address = await Promise.race([supervisor.start(), failed]);
    log.info(
      { address, seconds: (performance.now() - startMs) / 1_000 },
      `Hoga is open at ${address}`,
    );
  } catch (error) {
    // Told to stop while starting: whoever handles the signal ends the process.
    if (supervisor?.isAbandoned === true) return;
    log.fatal(
      error instanceof ConfigurationError ? error.message : `cannot start: ${textOf(error)}`,
    );
    await supervisor?.abandon();
    process.exit(EXIT_CANNOT_START);
  }
  endWithThreads(supervisor, log);
}

function endWithThreads(supervisor: Supervisor, log: Logger): void {
  supervisor.failure.then(async (reason) => {
    log.fatal(reason);
    await supervisor.abandon();
    process.exit(EXIT_DIED);
  });
}

function stopAtSignals(supervisor: Supervisor, log: Logger): void {
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    const isClean = await supervisor.stop();
    if (isClean) {
      log.info('stopped, nothing is lost');
      process.exit(0);
    }
    log.fatal('not everything ended in time: what was acknowledged is in the journal');
    // An ordinary exit would wait for the thread that hangs.
    process.kill(process.pid, 'SIGKILL');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
