/** The part of a generated client that needs no models. */
export interface PrismaClient {
  $transaction<Result>(work: (transaction: PrismaClient) => Promise<Result>): Promise<Result>;
  $disconnect(): Promise<void>;
}

/** A client of Prisma, as an application has it. */
export function createPrismaClient(connectionString: string): PrismaClient;
