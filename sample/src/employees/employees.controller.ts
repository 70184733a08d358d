import { Controller, Get } from '@nestjs/common';

import { EmployeesService, type Employee } from './employees.service.js';

@Controller('employees')
export class EmployeesController {
  constructor(private readonly employees: EmployeesService) {}

  @Get()
  findAll(): Promise<Employee[]> {
    return this.employees.findAll();
  }
}
