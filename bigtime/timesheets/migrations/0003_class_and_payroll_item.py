
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0003_class'),
        ('codes', '0003_classes_and_payroll_items'),
        ('firm', '0003_classes_and_payroll'),
        ('staff', '0002_class_and_payroll_item'),
        ('timesheets', '0002_entry_changed_by'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='timeentry',
            name='locked_content_stays',
        ),
        migrations.RemoveConstraint(
            model_name='timeentry',
            name='time_entry_once_per_cell',
        ),
        migrations.RemoveConstraint(
            model_name='timesheetrow',
            name='timesheet_row_once',
        ),
        migrations.AddField(
            model_name='timeentry',
            name='payroll_item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='codes.payrollitem'),
        ),
        migrations.AddField(
            model_name='timeentry',
            name='tracking_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='codes.trackingclass'),
        ),
        migrations.AddField(
            model_name='timesheetrow',
            name='payroll_item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='codes.payrollitem'),
        ),
        migrations.AddField(
            model_name='timesheetrow',
            name='tracking_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='codes.trackingclass'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeentry',
            trigger=pgtrigger.compiler.Trigger(name='locked_content_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."lock" > \'\' AND (OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."work_date" IS DISTINCT FROM (NEW."work_date") OR OLD."project_id" IS DISTINCT FROM (NEW."project_id") OR OLD."task_id" IS DISTINCT FROM (NEW."task_id") OR OLD."labor_code_id" IS DISTINCT FROM (NEW."labor_code_id") OR OLD."tracking_class_id" IS DISTINCT FROM (NEW."tracking_class_id") OR OLD."payroll_item_id" IS DISTINCT FROM (NEW."payroll_item_id") OR OLD."staff_id" IS DISTINCT FROM (NEW."staff_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."is_billable" IS DISTINCT FROM (NEW."is_billable")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a3f015ccdcba9cbe99f07c7931cfd7a67e9c9ce8', operation='UPDATE', pgid='pgtrigger_locked_content_stays_8a219', table='timesheets_timeentry', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=models.UniqueConstraint(fields=('timesheet', 'project', 'task', 'labor_code', 'tracking_class', 'payroll_item', 'work_date'), name='time_entry_once_per_cell', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='timesheetrow',
            constraint=models.UniqueConstraint(fields=('timesheet', 'project', 'task', 'labor_code', 'tracking_class', 'payroll_item'), name='timesheet_row_once', nulls_distinct=False),
        ),
    ]
