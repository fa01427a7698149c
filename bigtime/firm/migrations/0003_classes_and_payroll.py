
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('firm', '0002_invitation'),
    ]

    operations = [
        migrations.AddField(
            model_name='firm',
            name='class_source',
            field=models.CharField(choices=[('ladder', 'The task’s, else the project’s, else the person’s'), ('task', 'The task’s'), ('project', 'The project’s'), ('staff', 'The person’s')], default='ladder', max_length=10, verbose_name='class of a new row'),
        ),
        migrations.AddField(
            model_name='firm',
            name='class_use',
            field=models.CharField(choices=[('off', 'Not used'), ('optional', 'Optional'), ('required', 'Required')], default='off', max_length=10, verbose_name='classes on time'),
        ),
        migrations.AddField(
            model_name='firm',
            name='payroll_way',
            field=models.CharField(choices=[('row', 'Chosen on the row of the timesheet'), ('person', 'Default of the person'), ('override', 'Default of the person; another can be chosen on the row')], default='person', max_length=10, verbose_name='payroll item of time'),
        ),
    ]
