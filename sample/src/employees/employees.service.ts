import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { InjectHttpService } from 'nestjs-oauth2-client';
import { firstValueFrom } from 'rxjs';

export interface Employee {
  id: string;
  name: string;
  department: string;
}

@Injectable()
export class EmployeesService {
  private readonly path: string;

  constructor(
    @InjectHttpService('tartan') private readonly http: HttpService,
    config: ConfigService,
  ) {
    // Tartan's page about the token endpoint does not name this path.
    this.path = config.get('TARTAN_EMPLOYEES_PATH', '/api/employees');
  }

  async findAll(): Promise<Employee[]> {
    const { data } = await firstValueFrom(this.http.get<Employee[]>(this.path));
    return data;
  }
}
