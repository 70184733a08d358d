import {
  Catch,
  HttpStatus,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AxiosError } from 'axios';

/** Answers 502 where the API of a vendor failed, which Nest alone would answer with 500. */
@Catch(AxiosError)
export class ApiErrorFilter implements ExceptionFilter<AxiosError> {
  private readonly logger = new Logger(ApiErrorFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: AxiosError, host: ArgumentsHost): void {
    this.logger.warn(`${error.config?.url}: ${error.message}`);
    const statusCode = HttpStatus.BAD_GATEWAY;
    const outcome = error.response ? `answered ${error.response.status}` : 'gave no answer';
    const body = { statusCode, error: 'Bad Gateway', message: `The API ${outcome}.` };
    this.adapterHost.httpAdapter.reply(
      host.switchToHttp().getResponse<unknown>(),
      body,
      statusCode,
    );
  }
}
