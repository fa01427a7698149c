
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('codes', '0003_classes_and_payroll_items'),
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='staff',
            options={'ordering': ['name'], 'verbose_name': 'staff member', 'verbose_name_plural': 'staff'},
        ),
        migrations.AddField(
            model_name='staff',
            name='payroll_item',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='codes.payrollitem'),
        ),
        migrations.AddField(
            model_name='staff',
            name='tracking_class',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='codes.trackingclass', verbose_name='class'),
        ),
    ]
