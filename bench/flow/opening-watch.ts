/**
 * Watches a market's opening auction over WebSocket: its trades are in no command's result. It has
 * them all when continuous trading has begun and they come to what the auction is said to trade.
 */
export interface Opening {
  /** Ticks; 0 where nothing traded. */
  readonly price: number;
  readonly trades: number;
  /** Lots. */
  readonly volume: number;
}

/** Of a book's or of a trade's message, what is looked at. */
interface MarketData {
  readonly channel?: 'book' | 'trades';
  readonly type: 'snapshot' | 'update' | 'error';
  readonly message?: string;
  readonly state?: string;
  readonly auctionPrice?: number;
  readonly auctionQty?: number;
  readonly qty?: number;
}

const CHANNELS = ['book', 'trades'] as const;

export class OpeningWatch {
  private readonly socket: WebSocket;
  private readonly ready = Promise.withResolvers<void>();
  private readonly ended = Promise.withResolvers<Opening>();
  private snapshots = 0;
  private isContinuous = false;
  private price = 0;
  private auctionQty = 0;
  private trades = 0;
  private volume = 0;

  private constructor(url: string, symbolId: number) {
    // Who asks for the opening is told; nobody has to.
    this.ended.promise.catch(() => undefined);
    const address = new URL('/ws', url);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    this.socket = new WebSocket(address);
    this.socket.addEventListener('open', () => {
      for (const channel of CHANNELS) {
        this.socket.send(JSON.stringify({ op: 'subscribe', channel, symbolId }));
      }
    });
    this.socket.addEventListener('message', ({ data }) => this.take(JSON.parse(data as string)));
    this.socket.addEventListener('close', () => this.fail('its market data ended too early'));
    this.socket.addEventListener('error', () => this.fail('its market data cannot be read'));
  }

  /** Watches from now on. */
  static async begin(url: string, symbolId: number): Promise<OpeningWatch> {
    const watch = new OpeningWatch(url, symbolId);
    await watch.ready.promise;
    return watch;
  }

  /** What the auction traded, when continuous trading has begun. */
  async opening(): Promise<Opening> {
    const opening = await this.ended.promise;
    this.socket.close();
    return opening;
  }

  private take({ channel, type, message, state, ...update }: MarketData): void {
    if (type === 'error') this.fail(message ?? 'its market data was refused');
    else if (type === 'snapshot') {
      if (++this.snapshots === CHANNELS.length) this.ready.resolve();
    } else if (channel === 'trades') {
      this.trades++;
      this.volume += update.qty ?? 0;
    } else if (state !== undefined) {
      this.price = update.auctionPrice ?? this.price;
      this.auctionQty += update.auctionQty ?? 0;
      this.isContinuous ||= state === 'Continuous';
    }
    if (!this.isContinuous || this.volume < this.auctionQty) return;
    const { price, trades, volume } = this;
    this.ended.resolve({ price, trades, volume });
  }

  private fail(why: string): void {
    const error = new Error(`the opening was not seen: ${why}`);
    this.ready.reject(error);
    this.ended.reject(error);
  }
}
